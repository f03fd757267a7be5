using System.Buffers;
using System.Buffers.Text;
using System.IO.Hashing;
using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Search;
using Commerce.EventStore;
using Commerce.ReadModels;

namespace Commerce.Catalog.Wire;

/// <summary>Puts a page of results together from bytes that stand ready: the items, their scores, and everything behind them.</summary>
internal static class SearchPage
{
    private const int LongestScore = 32;

    private static readonly byte[] Items = "{\"items\":["u8.ToArray();
    private static readonly byte[] Facets = "\"facets\":["u8.ToArray();

    /// <summary>What stands behind the items of an answer.</summary>
    /// <param name="response">The answer without items and facets.</param>
    /// <param name="facets">Its facets.</param>
    public static byte[] Behind(SearchResponse response, IReadOnlyList<ReadyFacet> facets)
    {
        var rest = Rendered.Bytes(response);
        var at = rest.AsSpan().IndexOf(Facets) + Facets.Length;
        var page = new ArrayBufferWriter<byte>(16 * 1024);
        page.Write(rest.AsSpan(Items.Length, at - Items.Length));
        for (var i = 0; i < facets.Count; i++)
        {
            if (i > 0)
            {
                page.Write(","u8);
            }

            facets[i].WriteTo(page);
        }

        page.Write(rest.AsSpan(at));
        return page.WrittenSpan.ToArray();
    }

    /// <summary>An item with how its score came about behind everything else.</summary>
    public static byte[] Explained(ShelvedItem item, double score, ScoreExplanation? explanation)
    {
        var known = item.ToBytes(score);
        return explanation is null ? known : [.. known.AsSpan(0, known.Length - 1), .. ",\"explanation\":"u8, .. Rendered.Bytes(explanation), (byte)'}'];
    }

    /// <summary>The answer of items that were rendered whole.</summary>
    public static CacheEntry Of(IReadOnlyList<byte[]> items, byte[] behind) =>
        Tagged([.. Items, .. items.SelectMany((item, i) => i == 0 ? item : [(byte)',', .. item]), .. behind]);

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
        return Tagged(body);

        void Put(byte[] bytes)
        {
            bytes.CopyTo(page, at);
            at += bytes.Length;
        }
    }

    private static CacheEntry Tagged(byte[] body) => new(body, $"\"{Base64Url.EncodeToString(XxHash128.Hash(body))}\"", EventPosition.Start);
}

/// <summary>A field with its values as an answer has them.</summary>
/// <param name="Response">The field; its values too, unless these stand ready.</param>
internal sealed record ReadyFacet(FacetResponse Response)
{
    /// <summary>Values that stand ready.</summary>
    public IReadOnlyList<FacetValue> Values { get; init; } = [];

    /// <summary>Writes it.</summary>
    public void WriteTo(ArrayBufferWriter<byte> page)
    {
        if (Values.Count == 0)
        {
            page.Write(Rendered.Bytes(Response));
            return;
        }

        page.Write("{\"field\":"u8);
        page.Write(Rendered.Bytes(Response.Field));
        page.Write(",\"values\":["u8);
        for (var i = 0; i < Values.Count; i++)
        {
            if (i > 0)
            {
                page.Write(","u8);
            }

            page.Write(Values[i].Json);
            Utf8Formatter.TryFormat(Values[i].Count, page.GetSpan(16), out var written);
            page.Advance(written);
            page.Write("}"u8);
        }

        page.Write("]}"u8);
    }
}
