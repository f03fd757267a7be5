using System.Buffers;
using FluentValidation;

namespace Commerce.Identity.Credentials;

/// <summary>E-mail addresses and passwords by their shape.</summary>
internal static class EmailAddress
{
    /// <summary>The longest address that mail servers carry.</summary>
    private const int Longest = 254;

    private static readonly SearchValues<char> NeverInAddresses = SearchValues.Create(" \t\r\n<>,;\"");

    private const int ShortestPassword = 8;
    private const int LongestPassword = 256;
    private const int LongestName = 200;

    /// <summary>One spelling for what is one address in practice: no server tells letter cases apart.</summary>
    internal static string Normalize(string email) => email.Trim().ToLowerInvariant();

    internal static IRuleBuilderOptions<T, string> Email<T>(this IRuleBuilder<T, string> rule) =>
        rule.Must(IsAddress).WithMessage("An e-mail address such as kim@example.com.");

    internal static IRuleBuilderOptions<T, string> Password<T>(this IRuleBuilder<T, string> rule) =>
        rule.Must(password => password is { Length: >= ShortestPassword and <= LongestPassword }).WithMessage($"{ShortestPassword} to {LongestPassword} characters.");

    internal static IRuleBuilderOptions<T, string?> PersonName<T>(this IRuleBuilder<T, string?> rule) =>
        rule.MaximumLength(LongestName).WithMessage($"At most {LongestName} characters.");

    /// <summary>Whether a letter sent there might arrive: only sending one proves more.</summary>
    internal static bool IsAddress(string? text)
    {
        var email = text?.Trim();
        if (email is null or { Length: > Longest } || email.AsSpan().ContainsAny(NeverInAddresses) || email.Any(char.IsControl))
        {
            return false;
        }

        var at = email.IndexOf('@', StringComparison.Ordinal);
        var domain = email[(at + 1)..];
        return at > 0 && !domain.Contains('@', StringComparison.Ordinal) && domain.Contains('.', StringComparison.Ordinal)
            && !domain.StartsWith('.') && !domain.EndsWith('.') && !domain.Contains("..", StringComparison.Ordinal);
    }
}
