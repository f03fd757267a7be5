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

    // Kept by each thread: a page is put together without a pause.
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_page;

    /// <summary>What stands behind the items of an answer.</summary>
    /// <param name="response">The answer without items and facets.</param>
    /// <param name="facets">Its facets.</param>
    /// <param name="map">The categories.</param>
    /// <param name="locale">The locale of their names.</param>
    public static byte[] Behind(SearchResponse response, IReadOnlyList<FacetField> facets, CategoryMap map, string? locale)
    {
        var rest = Rendered.Bytes(response);
        var at = rest.AsSpan().IndexOf(Facets) + Facets.Length;
        var page = t_page ??= new ArrayBufferWriter<byte>(16 * 1024);
        page.ResetWrittenCount();
        page.Write(rest.AsSpan(Items.Length, at - Items.Length));
        for (var i = 0; i < facets.Count; i++)
        {
            if (i > 0)
            {
                page.Write(","u8);
            }

            page.Write(facets[i].Name.Json);
            WriteValues(page, facets[i], map, locale);
            page.Write("]}"u8);
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
            at += WriteScore(items[i].Score, page.AsSpan(at));
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

    // Four places behind the point, without zeros at the end: what a serializer writes of the rounded score, for less.
    private static int WriteScore(double score, Span<byte> page)
    {
        if (score is < 0 or >= 1e9)
        {
            Utf8Formatter.TryFormat(Math.Round(score, 4), page, out var all);
            return all;
        }

        var (whole, rest) = Math.DivRem((long)Math.Round(score * 10_000), 10_000);
        Utf8Formatter.TryFormat(whole, page, out var written);
        if (rest > 0)
        {
            page[written++] = (byte)'.';
            for (var unit = 1_000; rest > 0; unit /= 10)
            {
                (var digit, rest) = Math.DivRem(rest, unit);
                page[written++] = (byte)('0' + digit);
            }
        }

        return written;
    }

    private static CacheEntry Tagged(byte[] body) => new(body, $"\"{Base64Url.EncodeToString(XxHash128.Hash(body))}\"", EventPosition.Start);

    private static void WriteValues(ArrayBufferWriter<byte> page, FacetField facet, CategoryMap map, string? locale)
    {
        var (isFirst, isCategory) = (true, facet.Name.Field == "category");
        foreach (var value in facet.Values)
        {
            var category = isCategory ? map.Shown(value.Named.Value, locale) : null;
            if (isCategory && category is null)
            {
                continue;
            }

            if (!isFirst)
            {
                page.Write(","u8);
            }

            isFirst = false;
            page.Write(category?.Head ?? value.Named.Json);
            Utf8Formatter.TryFormat(value.Count, page.GetSpan(16), out var written);
            page.Advance(written);
            page.Write(category?.Tail ?? "}"u8);
        }
    }
}
