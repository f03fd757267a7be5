using System.Security.Cryptography;
using Commerce.EventStore;

namespace Commerce.ReadModels;

internal sealed class ReadModelCache : IReadModelCache
{
    public async ValueTask<CacheEntry?> GetOrFillAsync(
        string key,
        CallContext call,
        Func<CancellationToken, ValueTask<CacheFill?>> fill,
        CachePolicy policy,
        CancellationToken cancellationToken)
    {
        var filled = await fill(cancellationToken);
        return filled is null ? null : new CacheEntry(filled.Body, EntityTag.Of(filled.Body.Span), filled.At ?? call.Required ?? EventPosition.Start);
    }
}

internal static class EntityTag
{
    public static string Of(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return $"\"{System.Buffers.Text.Base64Url.EncodeToString(hash[..16])}\"";
    }
}
