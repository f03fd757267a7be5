using Commerce.Messages.Letters;
using Commerce.Messages.ReadModels;
using Commerce.Orders.Contracts;

namespace Commerce.Messages.Tests.Letters;

public sealed class LetterTests
{
    private static readonly Guid Parcel = Guid.Parse("0195f000-0000-7000-8000-000000000001");

    private static readonly OrderContact Order = new(
        Guid.Parse("0195f000-0000-7000-8000-000000000002"), "7K3M-9QX2-V4TA", null, "kim@example.com", null, "Kim <b>Shopper</b> & Co", "USD",
        [new ContactLine("MUG-1", "Mug \"Blue\" <script>", 2, 25.80m), new ContactLine("TEE-1", "티셔츠", 1, 19.90m)], 45.70m, 5m, 3.66m, 4.57m, 49.79m,
        [new ContactParcel(Parcel, "Post & Sons", "AB<1>", [new OrderedUnits("MUG-1", 2)])]);

    private static readonly MessagesOptions Options = new() { From = new MailParty { Name = "Corner <Shop>", Address = "shop@shop.example" }, Staff = new MailParty { Address = "stock@shop.example" } };

    [Theory]
    [InlineData("en")]
    [InlineData("ko")]
    public void Every_letter_says_what_was_approved(string locale)
    {
        var words = LetterWords.In(locale);
        var desk = new LetterDesk(null!, null!, null!, Options);
        Letter[] letters =
        [
            .. new[] { MessageKinds.OrderConfirmation, MessageKinds.OrderCancellation, MessageKinds.Shipment, MessageKinds.Refund }.Select(kind =>
                desk.OfOrder(new OutgoingMessage { Kind = kind, ShipmentId = Parcel, Amount = 12.9m }, Order, "kim@example.com", words)),
            desk.BackInStock(new OutgoingMessage { Kind = MessageKinds.BackInStock, Sku = "MUG-1" }, "kim@example.com", "Mug <Blue>", words),
            desk.LowStock(new OutgoingMessage { Kind = MessageKinds.LowStock, Sku = "MUG-1", Available = 3, Threshold = 5 }, words),
        ];

        string.Join("\n=====\n", letters.Select(letter => $"{letter.Subject}\n-----\n{letter.Text()}-----\n{letter.Html()}"))
            .ShouldMatchApproved(options => options.NoDiff().SubFolder("Approved").WithDiscriminator(locale));
    }

    [Fact]
    public void What_people_typed_is_escaped_on_the_page()
    {
        var page = new LetterDesk(null!, null!, null!, Options).OfOrder(new OutgoingMessage { Kind = MessageKinds.OrderConfirmation }, Order, "kim@example.com", LetterWords.In("en")).Html();

        page.ShouldNotContain("<script>");
        page.ShouldNotContain("<b>");
        page.ShouldContain("Kim &lt;b&gt;Shopper&lt;/b&gt; &amp; Co");
    }

    [Fact]
    public void Every_kind_about_an_order_can_be_written()
    {
        var desk = new LetterDesk(null!, null!, null!, Options);
        foreach (var kind in MessageKinds.All.Except([MessageKinds.BackInStock, MessageKinds.LowStock]))
        {
            desk.OfOrder(new OutgoingMessage { Kind = kind, ShipmentId = Parcel, Amount = 1m }, Order, "kim@example.com", LetterWords.In("en")).Subject.ShouldContain(Order.Number);
        }
    }

    [Theory]
    [InlineData("ko-KR", "en", "ko")]
    [InlineData("KO", "en", "ko")]
    [InlineData("fr", "ko", "ko")]
    [InlineData(null, "ko", "ko")]
    [InlineData("fr", "de", "en")]
    public void The_language_is_the_first_that_there_are_words_in(string? asked, string usual, string spoken) => LetterWords.In(asked, usual).Language.ShouldBe(spoken);

    [Fact]
    public void An_envelope_has_both_texts_and_a_name_that_stays()
    {
        var message = new OutgoingMessage { Id = Parcel, Kind = MessageKinds.OrderConfirmation, Edition = 2 };
        var letter = new LetterDesk(null!, null!, null!, Options).OfOrder(message, Order, "kim@example.com", LetterWords.In("ko"));
        using var mail = letter.ToMail(message, Options.From, DateTimeOffset.UnixEpoch);
        using var again = letter.ToMail(message with { Attempts = 5 }, Options.From, DateTimeOffset.UnixEpoch);

        mail.MessageId.ShouldBe("0195f000000070008000000000000001.2@shop.example");
        again.MessageId.ShouldBe(mail.MessageId);
        mail.TextBody!.ReplaceLineEndings("\n").ShouldBe(letter.Text());
        mail.HtmlBody!.ReplaceLineEndings("\n").ShouldBe(letter.Html());
        mail.Headers["Auto-Submitted"].ShouldBe("auto-generated");
    }

    [Theory]
    [InlineData("kim@example.com", "k***@e***")]
    [InlineData("한@회사.example", "한***@회***")]
    [InlineData("nothing", "***")]
    [InlineData(null, null)]
    public void An_address_is_masked(string? address, string? shown)
    {
        Addresses.Mask(address).ShouldBe(shown);
        Addresses.Mask(Addresses.Mask(address)).ShouldBe(shown);
    }

    [Theory]
    [InlineData("kim@example.com", true)]
    [InlineData(" kim@example.com ", true)]
    [InlineData("kim+shop@mail.example.com", true)]
    [InlineData("kim", false)]
    [InlineData("kim@localhost", false)]
    [InlineData("Kim <kim@example.com>", false)]
    [InlineData("kim@example.com\r\nBcc: all@example.com", false)]
    [InlineData("kim@example.com,lee@example.com", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void An_address_has_a_shape(string? address, bool isOne) => Addresses.IsAddress(address).ShouldBe(isOne);

    [Fact]
    public void Pauses_double_up_to_the_longest()
    {
        var options = new MessagesOptions();
        Enumerable.Range(1, 12).Select(attempt => options.PauseAfter(attempt).TotalMinutes).ShouldBe([0.5, 1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240]);
    }
}
