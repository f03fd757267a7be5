using MimeKit;

namespace Commerce.Messages;

/// <summary>E-mail addresses by their shape, and how they are shown to those who need not know them.</summary>
internal static class Addresses
{
    private const int Longest = 254;

    /// <summary>One spelling for what is one address in practice.</summary>
    public static string Normalize(string email) => email.Trim().ToLowerInvariant();

    /// <summary>Whether a letter sent there might arrive: one mailbox, without a name, at a domain with a dot.</summary>
    public static bool IsAddress(string? text) =>
        text?.Trim() is { Length: > 0 and <= Longest } email && !email.Any(character => char.IsControl(character) || char.IsWhiteSpace(character))
        && MailboxAddress.TryParse(email, out var mailbox) && mailbox.Address == email && mailbox.Domain.Trim('.').Contains('.', StringComparison.Ordinal);

    /// <summary>Enough to recognise an address that one knows.</summary>
    public static string? Mask(string? email)
    {
        if (email is null)
        {
            return null;
        }

        var at = email.LastIndexOf('@');
        return at < 1 ? "***" : $"{First(email)}***@{First(email[(at + 1)..])}***";
    }

    // A whole letter, also where it takes two characters.
    private static string First(string text) => text.Length == 0 ? "" : text.EnumerateRunes().First().ToString();
}
