using Commerce.EventStore;
using Commerce.Messages.Letters;
using Commerce.Messages.Reactions;
using Commerce.Messages.ReadModels;
using Commerce.Messages.Sending;
using Commerce.Messages.Slices;
using Commerce.ReadModels;
using Commerce.Web;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Commerce.Messages;

/// <summary>What the shop writes to shoppers and staff: the module's door and table of contents. Settings are in the section <c>Messages</c>.</summary>
public static class MessagesModule
{
    /// <summary>Registers the module.</summary>
    /// <param name="services">The services.</param>
    /// <param name="folder">Where letters become files, unless <c>Messages:Folder</c> or <c>Messages:Smtp:Host</c> says otherwise.</param>
    public static IServiceCollection AddMessages(this IServiceCollection services, string folder)
    {
        services.AddOptions<MessagesOptions>().BindConfiguration(MessagesOptions.Section)
            .PostConfigure(options => options.Folder = options.Folder.Length == 0 ? folder : options.Folder);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<MessagesOptions>>().Value);
        services.AddModuleDatabase<MessagesDatabase>(MessagesDatabase.Schema);
        services.AddSlices(typeof(MessagesModule).Assembly);
        services.AddSingleton<Outbox>();
        services.AddSingleton<Wishes>();
        services.AddSingleton<LetterDesk>();
        services.AddSingleton<IMailTransport>(provider => provider.GetRequiredService<MessagesOptions>().Smtp.Host.Length > 0
            ? ActivatorUtilities.CreateInstance<SmtpTransport>(provider)
            : ActivatorUtilities.CreateInstance<FileSink>(provider));
        services.AddSingleton<MessageSender>();
        services.AddHostedService(provider => provider.GetRequiredService<MessageSender>());
        return services.AddEvents(events => events.Subscribe<WhenThereIsNews>());
    }

    /// <summary>Maps the module's slices.</summary>
    public static IEndpointRouteBuilder MapMessages(this IEndpointRouteBuilder app) => app
        .MapSlice<WishForStockEndpoint>()
        .MapSlice<TakeBackWishEndpoint>()
        .MapSlice<ListMessagesEndpoint>()
        .MapSlice<ResendMessageEndpoint>();
}
