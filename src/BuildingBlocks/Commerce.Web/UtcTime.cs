using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Commerce.Web;

/// <summary>
/// A point in time of a query parameter (<c>UtcTime? asOf</c>): RFC 3339 with an offset, normalised to UTC, because PostgreSQL's driver takes no
/// other offset. The plus sign of an offset that the client forgot to encode arrives as a space and is understood.
/// </summary>
/// <param name="Value">The time, offset zero.</param>
public readonly record struct UtcTime(DateTimeOffset Value)
{
    /// <summary>Reads RFC 3339.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, IFormatProvider? provider, out UtcTime time)
    {
        time = default;
        if (text is null || !TryRead(text.Length > 19 ? string.Concat(text.AsSpan(0, 19), text[19..].Replace(' ', '+')) : text, out var value))
        {
            return false;
        }

        time = new UtcTime(value);
        return true;
    }

    internal static bool TryRead(string text, out DateTimeOffset value)
    {
        // The shortest is 2026-01-01T00:00:00Z; without an offset a time means something else on every server.
        value = default;
        if (text.Length is < 20 or > 40 || text[10] is not ('T' or 't') || !(text[^1] is 'Z' or 'z' || (text[^6] is '+' or '-' && text[^3] == ':')))
        {
            return false;
        }

        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out value))
        {
            return false;
        }

        value = value.ToUniversalTime();
        return true;
    }
}
