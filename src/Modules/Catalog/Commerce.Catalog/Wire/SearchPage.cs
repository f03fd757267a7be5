using System.Buffers;
using System.Buffers.Text;
using System.IO.Hashing;
using Commerce.Catalog.ReadModels;
using Commerce.EventStore;
using Commerce.ReadModels;

namespace Commerce.Catalog.Wire;

/// <summary>Puts a page of results together from bytes that stand ready: the items, their scores, and everything behind them.</summary>
internal static class SearchPage
{
    private const int LongestScore = 32;

    private static readonly byte[] Items = "{\"items\":["u8.ToArray();

    /// <summary>What stands behind the items of an answer.</summary>
    public static byte[] Behind(SearchResponse response) => Rendered.Bytes(response with { Items = [] })[Items.Length..];

    /// <summary>The answer.</summary>
    public static CacheEntry Of(IReadOnlyList<(ShelvedItem Item, double Score)> items, byte[] behind)
    {
        var length = Items.Length + behind.Length;
        foreach (var (item, _) in items)
        {
            length += item.Head.Length + item.Tail.Length + LongestScore + 1;
        }

        var page = ArrayPool<byte>.Shared.Rent(length);
        var at = 0;
        Put(Items);
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
            {
                page[at++] = (byte)',';
            }

            Put(items[i].Item.Head);
            Utf8Formatter.TryFormat(Math.Round(items[i].Score, 4), page.AsSpan(at), out var written);
            at += written;
            Put(items[i].Item.Tail);
        }

        Put(behind);
        var body = page.AsSpan(0, at).ToArray();
        ArrayPool<byte>.Shared.Return(page);
        return new CacheEntry(body, $"\"{Base64Url.EncodeToString(XxHash128.Hash(body))}\"", EventPosition.Start);

        void Put(byte[] bytes)
        {
            bytes.CopyTo(page, at);
            at += bytes.Length;
        }
    }
}
