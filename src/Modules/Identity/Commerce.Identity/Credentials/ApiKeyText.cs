using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Commerce.Identity.Credentials;

/// <summary>An API key as its holder has it: <c>ck_{id}_{secret}</c>. The prefix lets scanners of leaked secrets recognise it.</summary>
internal static class ApiKeyText
{
    private const string Prefix = "ck_";
    private const int IdLength = 32;
    private const int SecretBytes = 32;

    /// <summary>A fresh key of 256 random bits, and the hash to store.</summary>
    internal static (string Text, string SecretHash) Draw(Guid id)
    {
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        return ($"{Prefix}{id:N}_{secret}", HashOf(secret));
    }

    internal static bool TryRead(string text, out Guid id, out string secret)
    {
        secret = "";
        id = default;
        if (text.Length <= Prefix.Length + IdLength + 1 || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[Prefix.Length + IdLength] != '_'
            || !Guid.TryParseExact(text.AsSpan(Prefix.Length, IdLength), "N", out id))
        {
            return false;
        }

        secret = text[(Prefix.Length + IdLength + 1)..];
        return true;
    }

    /// <summary>Takes the same time whichever symbol differs.</summary>
    internal static bool Opens(string secret, string secretHash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(HashOf(secret)), Encoding.ASCII.GetBytes(secretHash));

    private static string HashOf(string secret) => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
