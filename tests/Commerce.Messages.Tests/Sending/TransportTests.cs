using System.Net.Sockets;
using System.Text;
using Commerce.Messages.Letters;
using Commerce.Messages.ReadModels;
using Commerce.Messages.Sending;
using MimeKit;

namespace Commerce.Messages.Tests.Sending;

public sealed class TransportTests
{
    private static readonly Letter Korean = new(
        "ko", "kim@example.com", "김민수", "주문이 접수되었습니다", ["안녕하세요.", ".점으로 시작하는 줄"], [new LetterRow("상품", "컵")], [], "감사합니다.", "가게");

    [Fact]
    public async Task A_letter_reaches_a_mail_server_whole()
    {
        await using var server = new SmtpStub();
        using var mail = Mail();
        await Transport(server, user: "shop").SendAsync(mail, CancellationToken.None);

        server.Heard.ShouldContain(line => line.StartsWith("AUTH PLAIN", StringComparison.Ordinal));
        server.Heard.ShouldContain(line => line.StartsWith("MAIL FROM:<shop@shop.example>", StringComparison.Ordinal));
        server.Heard.ShouldContain(line => line.StartsWith("RCPT TO:<kim@example.com>", StringComparison.Ordinal));
        server.Heard[^1].ShouldBe("QUIT");
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(server.Letters.ShouldHaveSingleItem()));
        using var read = await MimeMessage.LoadAsync(stream);
        read.Subject.ShouldBe(Korean.Subject);
        read.MessageId.ShouldBe(mail.MessageId);
        read.To.Mailboxes.Single().Name.ShouldBe("김민수");
        read.TextBody!.ReplaceLineEndings("\n").ShouldBe(Korean.Text());
        read.HtmlBody!.ReplaceLineEndings("\n").ShouldBe(Korean.Html());
    }

    [Theory]
    [InlineData("RCPT", "550 5.1.1 no such mailbox", true)]
    [InlineData("RCPT", "451 4.3.0 try later", false)]
    [InlineData("MAIL", "550 5.7.1 not for you", false)]
    [InlineData("AUTH", "535 5.7.8 wrong password", false)]
    public async Task Only_what_no_further_attempt_can_mend_is_refused_for_ever(string verb, string answer, bool forEver)
    {
        await using var server = new SmtpStub(line => line.StartsWith(verb, StringComparison.Ordinal) ? answer : null);
        using var mail = Mail();
        var fault = await Should.ThrowAsync<Exception>(() => Transport(server, user: "shop").SendAsync(mail, CancellationToken.None));

        (fault is MailRefusedException).ShouldBe(forEver);
        server.Letters.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_that_cannot_close_the_line_gets_no_letter()
    {
        await using var server = new SmtpStub();
        using var mail = Mail();
        await Should.ThrowAsync<NotSupportedException>(() => Transport(server, SmtpTls.StartTls).SendAsync(mail, CancellationToken.None));

        server.Letters.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_server_that_is_away_is_tried_again()
    {
        int port;
        await using (var server = new SmtpStub())
        {
            port = server.Port;
        }

        using var mail = Mail();
        await Should.ThrowAsync<SocketException>(() => new SmtpTransport(Options(port, SmtpTls.None, "")).SendAsync(mail, CancellationToken.None));
    }

    [Fact]
    public async Task The_file_sink_writes_a_letter_that_can_be_opened_and_a_second_copy_over_the_first()
    {
        var folder = Directory.CreateTempSubdirectory("commerce-letters-");
        try
        {
            var sink = new FileSink(new MessagesOptions { Folder = Path.Combine(folder.FullName, "messages") });
            using var mail = Mail();
            await sink.SendAsync(mail, CancellationToken.None);
            await sink.SendAsync(mail, CancellationToken.None);

            var file = Directory.GetFiles(Path.Combine(folder.FullName, "messages")).ShouldHaveSingleItem();
            Path.GetExtension(file).ShouldBe(".eml");
            using var read = await MimeMessage.LoadAsync(file);
            read.Subject.ShouldBe(Korean.Subject);
            read.HtmlBody.ShouldNotBeNull();
            if (!OperatingSystem.IsWindows())
            {
                File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static MimeMessage Mail() => Korean.ToMail(
        new OutgoingMessage { Id = Guid.Parse("0195f000-0000-7000-8000-000000000001"), Edition = 1 }, new MailParty { Name = "가게", Address = "shop@shop.example" }, DateTimeOffset.UnixEpoch);

    private static SmtpTransport Transport(SmtpStub server, SmtpTls tls = SmtpTls.None, string user = "") => new(Options(server.Port, tls, user));

    private static MessagesOptions Options(int port, SmtpTls tls, string user) =>
        new() { Smtp = new SmtpOptions { Host = "127.0.0.1", Port = port, Tls = tls, User = user, Password = "secret" } };
}
