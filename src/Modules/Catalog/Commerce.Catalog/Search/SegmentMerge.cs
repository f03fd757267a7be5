using Dapper;
using Npgsql;

namespace Commerce.Catalog.Search;

/// <summary>
/// Joins segments of like size once there are many of them, leaving their dead documents behind: a query looks into few segments, and a document is
/// written again only a few times in its life.
/// </summary>
internal sealed class SegmentMerge(NpgsqlConnection connection, NpgsqlTransaction transaction)
{
    internal const string SelectSizes = "select id, docs from search_segments order by id";
    internal const string SelectSegments = "select id, docs, doc_numbers, product_ids, lengths, facet_counts, facet_values from search_segments where id = any (@ids) order by id";
    internal const string SelectDead = "select doc from search_docs where dead and doc = any (@docs)";
    internal const string SelectTerms = "select term, segment, body from search_postings where segment = any (@ids) and term > @after order by term, segment limit 20000";
    internal const string DropPostings = "delete from search_postings where segment = any (@ids)";
    internal const string DropSegments = "delete from search_segments where id = any (@ids)";
    internal const string DropDead = "delete from search_docs where dead and doc = any (@docs)";

    private const int Fan = 8;

    // Larger ones stay as they are: joining them would hold up the events behind for seconds, and the host would need memory for all of them at once.
    private const int MaxDocs = 65_536;

    /// <summary>Adds a segment to the index.</summary>
    public delegate Task AddSegment(SegmentBuilder segment, IEnumerable<(string Term, int Df, byte[] Body)> postings, CancellationToken cancellationToken);

    /// <summary>Merges whatever is due.</summary>
    public async Task RunAsync(AddSegment add, CancellationToken cancellationToken)
    {
        while (await DueAsync(cancellationToken) is { Length: > 0 } ids)
        {
            await MergeAsync(ids, add, cancellationToken);
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

    private async Task MergeAsync(int[] ids, AddSegment add, CancellationToken cancellationToken)
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
            .Where(at => !dead.Contains(at.segment.Documents[at.place]))
            .OrderBy(at => at.segment.Documents[at.place]))
        {
            places[segment.Id][place] = merged.Add(segment.Documents[place], segment.Products[place], segment.Lengths.AsSpan(place * Fields.Lengths, Fields.Lengths), segment.FacetsOf(place));
        }

        var postings = new List<(string Term, int Df, byte[] Body)>();
        await foreach (var (term, bodies) in TermsAsync(ids, cancellationToken))
        {
            var (found, counts) = (new List<int>(), new List<byte>());
            foreach (var (segment, body) in bodies)
            {
                var old = Postings.Decode(body);
                for (var i = 0; i < old.Places.Length; i++)
                {
                    if (places[segment][old.Places[i]] is >= 0 and var place)
                    {
                        found.Add(place);
                        counts.Add(old.Counts[i]);
                    }
                }
            }

            if (found.Count > 0)
            {
                Ascend(found, counts);
                postings.Add((term, found.Count, Postings.Encode(found, counts)));
            }
        }

        await connection.ExecuteAsync(new CommandDefinition(DropPostings, new { ids }, transaction, cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition(DropSegments, new { ids }, transaction, cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition(DropDead, new { docs }, transaction, cancellationToken: cancellationToken));
        if (merged.Count > 0)
        {
            await add(merged, postings, cancellationToken);
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

    private async IAsyncEnumerable<(string Term, List<(int Segment, byte[] Body)> Bodies)> TermsAsync(
        int[] ids, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const int page = 20_000;
        var after = "";
        while (true)
        {
            var rows = (await connection.QueryAsync<(string Term, int Segment, byte[] Body)>(
                new CommandDefinition(SelectTerms, new { ids, after }, transaction, cancellationToken: cancellationToken))).AsList();
            // The last term of a full page may go on behind it.
            var last = rows.Count == page ? rows[^1].Term : null;
            foreach (var group in rows.Where(row => row.Term != last).GroupBy(row => row.Term, StringComparer.Ordinal))
            {
                yield return (group.Key, [.. group.Select(row => (row.Segment, row.Body))]);
                after = group.Key;
            }

            if (last is null)
            {
                yield break;
            }
        }
    }
}
