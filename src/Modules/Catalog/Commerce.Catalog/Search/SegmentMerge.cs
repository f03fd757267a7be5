using Dapper;
using Npgsql;

namespace Commerce.Catalog.Search;

/// <summary>
/// Joins segments of like size once there are many of them, leaving their dead documents behind: a query looks into few segments, and a document is
/// written again only a few times in its life.
/// </summary>
internal sealed class SegmentMerge(NpgsqlConnection connection, NpgsqlTransaction transaction, IndexWriter writer)
{
    internal const string SelectSizes = "select id, docs from search_segments order by id";
    internal const string SelectSegments = "select id, docs, doc_numbers, product_ids, lengths, facet_counts, facet_values from search_segments where id = any (@ids) order by id";
    internal const string SelectDead = "select doc from search_docs where dead and doc = any (@docs)";
    internal const string SelectTerms = "select term, segment, body from search_postings where segment = $1";
    internal const string DropPostings = "delete from search_postings where segment = any (@ids)";
    internal const string DropSegments = "delete from search_segments where id = any (@ids)";
    internal const string DropDead = "delete from search_docs where dead and doc = any (@docs)";

    private const int Fan = 8;

    // Larger ones stay as they are: joining them would hold up the events behind for seconds, and the host would need memory for all of them at once.
    private const int MaxDocs = Segment.MaxDocuments;

    // Postings that are in memory at once.
    private const int RowsAtOnce = 20_000;

    /// <summary>Merges whatever is due.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (await DueAsync(cancellationToken) is { Length: > 0 } ids)
        {
            await MergeAsync(ids, cancellationToken);
        }
    }

    private async Task<int[]> DueAsync(CancellationToken cancellationToken)
    {
        var sizes = await connection.QueryAsync<(int Id, int Docs)>(new CommandDefinition(SelectSizes, transaction: transaction, cancellationToken: cancellationToken));
        return sizes.Where(size => size.Docs < MaxDocs / 2)
            .GroupBy(size => (int)Math.Log(Math.Max(1, size.Docs), Fan))
            .Where(group => group.Count() >= Fan)
            .OrderBy(group => group.Key)
            .Select(group => Fitting(group))
            .FirstOrDefault() ?? [];
    }

    // The oldest of them, as many as make one segment that is not too large.
    private static int[] Fitting(IEnumerable<(int Id, int Docs)> sizes)
    {
        var (ids, docs) = (new List<int>(), 0);
        foreach (var (id, size) in sizes.Take(Fan).TakeWhile(size => docs + size.Docs <= MaxDocs))
        {
            ids.Add(id);
            docs += size;
        }

        return [.. ids];
    }

    private async Task MergeAsync(int[] ids, CancellationToken cancellationToken)
    {
        var rows = await connection.QueryAsync<SegmentRow>(new CommandDefinition(SelectSegments, new { ids }, transaction, cancellationToken: cancellationToken));
        var segments = rows.Select(Segment.Read).ToList();
        var docs = segments.SelectMany(segment => segment.Documents).ToArray();
        var dead = (await connection.QueryAsync<int>(new CommandDefinition(SelectDead, new { docs }, transaction, cancellationToken: cancellationToken))).ToHashSet();

        var merged = new SegmentBuilder();
        // In the order of documents, so that a document is found by its number.
        var places = segments.ToDictionary(segment => segment.Id, segment => Enumerable.Repeat(-1, segment.Count).ToArray());
        foreach (var (segment, place) in segments
            .SelectMany(segment => Enumerable.Range(0, segment.Count).Select(place => (segment, place)))
            .Where(at => !dead.Contains(at.segment.DocumentOf(at.place)))
            .OrderBy(at => at.segment.DocumentOf(at.place)))
        {
            places[segment.Id][place] = merged.Add(segment.DocumentOf(place), segment.Products[place], segment.Lengths.AsSpan(place * Fields.Lengths, Fields.Lengths), segment.Facets.ValuesOf(place));
        }

        if (merged.Count > 0)
        {
            await MergePostingsAsync(ids, await writer.AddSegmentAsync(merged, cancellationToken), places, cancellationToken);
        }

        await connection.ExecuteAsync(new CommandDefinition(DropPostings, new { ids }, transaction, cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition(DropSegments, new { ids }, transaction, cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition(DropDead, new { docs }, transaction, cancellationToken: cancellationToken));
    }

    /// <summary>Reads the old postings in the order of terms by a cursor, some at a time, and writes what becomes of them before it reads on.</summary>
    private async Task MergePostingsAsync(int[] ids, int into, Dictionary<int, int[]> places, CancellationToken cancellationToken)
    {
        // Each segment has its terms in order, so that they are merged as they are read; all in one condition would be sorted first.
        var parts = Enumerable.Range(1, ids.Length).Select(number => SelectTerms.Replace("$1", $"${number}", StringComparison.Ordinal));
        await using (var open = new NpgsqlCommand($"declare merging no scroll cursor for {string.Join(" union all ", parts)} order by term, segment", connection, transaction))
        {
            open.Parameters.AddRange(ids.Select(id => new NpgsqlParameter { Value = id }).ToArray());
            await open.ExecuteNonQueryAsync(cancellationToken);
        }

        var rows = new List<(string Term, int Segment, byte[] Body)>();
        for (var more = true; more;)
        {
            more = await FetchAsync(rows, cancellationToken);
            // The last term may go on behind what was read.
            var whole = more ? rows.FindLastIndex(row => row.Term != rows[^1].Term) + 1 : rows.Count;
            await writer.AddPostingsAsync(into, Merged(rows, whole, places), cancellationToken);
            rows.RemoveRange(0, whole);
        }

        await using var close = new NpgsqlCommand("close merging", connection, transaction);
        await close.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<bool> FetchAsync(List<(string Term, int Segment, byte[] Body)> rows, CancellationToken cancellationToken)
    {
        await using var fetch = new NpgsqlCommand($"fetch {RowsAtOnce} from merging", connection, transaction);
        await using var reader = await fetch.ExecuteReaderAsync(cancellationToken);
        var read = 0;
        for (; await reader.ReadAsync(cancellationToken); read++)
        {
            var term = reader.GetString(0);
            rows.Add((rows.Count > 0 && rows[^1].Term == term ? rows[^1].Term : term, reader.GetInt32(1), reader.GetFieldValue<byte[]>(2)));
        }

        return read == RowsAtOnce;
    }

    private static IEnumerable<(string Term, int Df, ReadOnlyMemory<byte> Body)> Merged(List<(string Term, int Segment, byte[] Body)> rows, int count, Dictionary<int, int[]> places)
    {
        var (found, counts, encoder) = (new List<int>(), new List<byte>(), new PostingsEncoder());
        for (var at = 0; at < count;)
        {
            var term = rows[at].Term;
            found.Clear();
            counts.Clear();
            for (; at < count && rows[at].Term == term; at++)
            {
                var old = Postings.Decode(rows[at].Body);
                var moved = places[rows[at].Segment];
                for (var i = 0; i < old.Places.Length; i++)
                {
                    if (moved[old.Places[i]] is >= 0 and var place)
                    {
                        found.Add(place);
                        counts.Add(old.Counts[i]);
                    }
                }
            }

            if (found.Count > 0)
            {
                Ascend(found, counts);
                encoder.Begin(found.Count);
                for (var i = 0; i < found.Count; i++)
                {
                    encoder.Add(found[i], counts[i]);
                }

                yield return (term, found.Count, encoder.End());
            }
        }
    }

    // Segments follow one another nearly always; only where they overlap the places of one term are out of order.
    private static void Ascend(List<int> places, List<byte> counts)
    {
        for (var i = 1; i < places.Count; i++)
        {
            if (places[i] < places[i - 1])
            {
                var (byPlace, byCount) = (places.ToArray(), counts.ToArray());
                Array.Sort(byPlace, byCount);
                places.Clear();
                places.AddRange(byPlace);
                counts.Clear();
                counts.AddRange(byCount);
                return;
            }
        }
    }
}
