using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.ReadModels;
using Commerce.Web;

namespace Commerce.Catalog.Wire;

/// <summary>Answers as bytes with their tag, so that a client that has them is told 304.</summary>
internal static class Rendered
{
    /// <summary>JSON as the shop writes it.</summary>
    public static JsonSerializerOptions Json { get; } = Options();

    /// <summary>A value as the bytes of an answer.</summary>
    public static byte[] Bytes<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Json);

    /// <summary>An answer that is no stream.</summary>
    public static CacheEntry Of<T>(T value)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, Json);
        return new CacheEntry(body, $"\"{HashOf(body)}\"", EventPosition.Start);
    }

    /// <summary>An answer made of a stream and more: the tag begins with the version, which If-Match compares, and changes with everything shown.</summary>
    public static CacheEntry Of<T>(T value, long version)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, Json);
        return new CacheEntry(body, Tag(version, HashOf(body)), EventPosition.Start);
    }

    /// <summary>The tag of a version and a hash.</summary>
    public static string Tag(long version, string hash) => string.Create(CultureInfo.InvariantCulture, $"\"{version}-{hash}\"");

    /// <summary>The hash of a body.</summary>
    public static string HashOf(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return Base64Url.EncodeToString(hash[..16]);
    }

    private static JsonSerializerOptions Options()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        WireJson.Configure(options);
        // The category tree is deeper than any request may be.
        options.MaxDepth = 128;
        return options;
    }
}
