using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Commerce.Payments.Webhooks;

/// <summary>Signatures of the form <c>t=unix,v1=hex</c>: HMAC-SHA256 over time, a dot and the body, so that neither can be changed nor sent again much later.</summary>
internal static class WebhookSignature
{
    /// <summary>The header of a body.</summary>
    public static string Of(string body, string secret, DateTimeOffset at)
    {
        var time = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"t={time},v1={Hex(time, body, secret)}";
    }

    /// <summary>Whether the header signs the body with the secret, not long ago. A header may hold several signatures, while a secret is being replaced.</summary>
    public static bool IsValid(string? header, string body, string? secret, DateTimeOffset now, TimeSpan tolerance)
    {
        if (string.IsNullOrEmpty(header) || string.IsNullOrEmpty(secret) || header.Length > 1000)
        {
            return false;
        }

        var parts = header.Split(',').Select(part => part.Split('=', 2)).Where(pair => pair.Length == 2).ToList();
        var time = parts.Find(pair => pair[0] == "t")?[1];
        if (!long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || Math.Abs(now.ToUnixTimeSeconds() - seconds) > tolerance.TotalSeconds)
        {
            return false;
        }

        var expected = Encoding.ASCII.GetBytes(Hex(time, body, secret));
        return parts.Any(pair => pair[0] == "v1" && CryptographicOperations.FixedTimeEquals(expected, Encoding.ASCII.GetBytes(pair[1])));
    }

    private static string Hex(string time, string body, string secret) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes($"{time}.{body}")));
}
