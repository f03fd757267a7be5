using Commerce.Messages.Sending;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Messages.Tests;

public sealed class MessagesModuleTests
{
    [Fact]
    public void Without_a_mail_server_letters_become_files_in_the_folder_of_the_Host()
    {
        using var services = Services();

        services.GetRequiredService<IMailTransport>().ShouldBeOfType<FileSink>();
        services.GetRequiredService<MessagesOptions>().Folder.ShouldBe("/data/messages");
    }

    [Fact]
    public void A_mail_server_is_a_matter_of_configuration()
    {
        using var services = Services(("Messages:Smtp:Host", "mail.example"), ("Messages:Smtp:Port", "465"), ("Messages:Smtp:Tls", "Implicit"), ("Messages:Folder", "/letters"));

        services.GetRequiredService<IMailTransport>().ShouldBeOfType<SmtpTransport>();
        var options = services.GetRequiredService<MessagesOptions>();
        (options.Smtp.Port, options.Smtp.Tls, options.Folder).ShouldBe((465, SmtpTls.Implicit, "/letters"));
    }

    private static ServiceProvider Services(params (string Name, string Value)[] settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, string? (setting) => setting.Value)).Build())
        .AddMessages("/data/messages")
        .BuildServiceProvider();
}
