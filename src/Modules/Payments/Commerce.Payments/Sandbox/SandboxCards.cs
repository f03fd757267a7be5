namespace Commerce.Payments.Sandbox;

/// <summary>What the sandbox does with a token or test number. Tokens may be joined with <c>+</c>: <c>tok_capture_lost+tok_webhook_never</c>.</summary>
internal static class SandboxCards
{
    /// <summary>The shopper has to confirm at the bank.</summary>
    public const string Challenge = "tok_challenge";

    /// <summary>The answer to a capture is held back for ten seconds after the money has moved.</summary>
    public const string CaptureSlow = "tok_capture_slow";

    /// <summary>A capture is declined.</summary>
    public const string CaptureDeclined = "tok_capture_declined";

    /// <summary>A refund is declined.</summary>
    public const string RefundDeclined = "tok_refund_declined";

    /// <summary>Webhooks come three seconds late.</summary>
    public const string WebhookLate = "tok_webhook_late";

    /// <summary>Webhooks come twice.</summary>
    public const string WebhookTwice = "tok_webhook_twice";

    /// <summary>Earlier webhooks come after later ones.</summary>
    public const string WebhookReordered = "tok_webhook_reordered";

    /// <summary>Webhooks never come.</summary>
    public const string WebhookNever = "tok_webhook_never";

    private static readonly Dictionary<string, string> Numbers = new(StringComparer.Ordinal)
    {
        ["4242424242424242"] = "tok_visa",
        ["5555555555554444"] = "tok_mastercard",
        ["4000000000000002"] = "tok_card_declined",
        ["4000000000009995"] = "tok_insufficient_funds",
        ["4000000000000069"] = "tok_expired_card",
        ["4000000000000127"] = "tok_incorrect_cvc",
        ["4000000000009987"] = "tok_lost_card",
        ["4000002500003155"] = Challenge,
    };

    private static readonly Dictionary<string, string> Declines = new(StringComparer.Ordinal)
    {
        ["tok_card_declined"] = "card_declined",
        ["tok_insufficient_funds"] = "insufficient_funds",
        ["tok_expired_card"] = "expired_card",
        ["tok_incorrect_cvc"] = "incorrect_cvc",
        ["tok_lost_card"] = "lost_card",
    };

    /// <summary>The token of a test number, or the token itself.</summary>
    public static string TokenOf(string text) => Numbers.GetValueOrDefault(Digits(text), text);

    /// <summary>Whether this looks like a card's number that is none of the test numbers.</summary>
    public static bool IsRealNumber(string text) =>
        Digits(text) is { Length: >= 12 and <= 19 } digits && text.All(symbol => char.IsAsciiDigit(symbol) || symbol is ' ' or '-') && !Numbers.ContainsKey(digits);

    /// <summary>Why the bank declines, or null.</summary>
    public static string? DeclineOf(string source) => source.Split('+').Select(part => Declines.GetValueOrDefault(part)).FirstOrDefault(code => code is not null);

    /// <summary>Whether the token asks for this behaviour.</summary>
    public static bool Does(string source, string behaviour) => source.Split('+').Contains(behaviour, StringComparer.Ordinal);

    /// <summary>Whether the answer to such a call is lost after (<c>lost</c>) or the call before (<c>unheard</c>) anything happens: <c>tok_capture_lost</c>, <c>tok_refund_unheard</c>.</summary>
    public static bool Loses(string source, string verb, string when) => Does(source, $"tok_{verb}_{when}");

    private static string Digits(string text) => string.Concat(text.Where(char.IsAsciiDigit));
}
