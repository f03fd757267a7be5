using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Commerce.Orders;

/// <summary>The secret that lets a guest read an order: random, handed out once, stored only as a hash.</summary>
internal static class GuestSecret
{
    /// <summary>A fresh secret of 160 random bits.</summary>
    public static string Draw()
    {
        Span<byte> bits = stackalloc byte[20];
        RandomNumberGenerator.Fill(bits);
        return Base64Url.EncodeToString(bits);
    }

    /// <summary>What is stored of it. The secret has full entropy, so a plain hash cannot be searched backwards.</summary>
    public static string Hash(string secret)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(secret), hash);
        return Base64Url.EncodeToString(hash);
    }

    /// <summary>Whether the secret is the one behind the hash; takes the same time whichever symbol differs.</summary>
    public static bool Opens(string? secret, string? hash) =>
        secret is not null && hash is not null
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Hash(secret)), Encoding.ASCII.GetBytes(hash));
}
