using System.Collections.Concurrent;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Catalog.Search;

/// <summary>What a host remembers of postings: whole terms, the latest used, within a bound of bytes.</summary>
internal sealed class PostingsCache(long maxBytes)
{
    internal const string SelectPostings = "select term, segment, body from catalog.search_postings where term = any (@terms) and segment = any (@segments)";

    private readonly ConcurrentDictionary<string, TermImpacts> _terms = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(int Segment, int Facet), Impacts> _facets = [];
    private readonly Lock _writing = new();
    private long _bytes;
    private long _clock;

    /// <summary>Bytes that are held, about.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Forgets everything: another index.</summary>
    public void Clear()
    {
        lock (_writing)
        {
            _terms.Clear();
            _facets.Clear();
            _bytes = 0;
        }
    }

    /// <summary>Where terms stand in the segments of a snapshot; those that no segment has are there, empty.</summary>
    public async ValueTask<Dictionary<string, TermImpacts>> FindAsync(
        SearchConnection connection, SearchSnapshot snapshot, IReadOnlyCollection<string> terms, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, TermImpacts>(terms.Count, StringComparer.Ordinal);
        Dictionary<string, Impacts?[]>? missing = null;
        var norms = snapshot.Statistics.Ranking.Norms;
        foreach (var term in terms)
        {
            if (_terms.TryGetValue(term, out var known) && ReferenceEquals(known.Segments, snapshot.Segments) && known.Norms == norms)
            {
                known.Used = Interlocked.Increment(ref _clock);
                found[term] = known;
            }
            else
            {
                (missing ??= new(StringComparer.Ordinal))[term] = Kept(known, snapshot, norms);
            }
        }

        if (missing is not null)
        {
            await ReadAsync(connection, snapshot, missing, cancellationToken);
            foreach (var (term, bySegment) in missing)
            {
                Remember(term, found[term] = new TermImpacts(snapshot.Segments, norms, bySegment!));
            }
        }

        return found;
    }

    /// <summary>The places of a segment's documents that have a facet value.</summary>
    public ushort[] PlacesOf(Segment segment, int facet)
    {
        if (!_facets.TryGetValue((segment.Id, facet), out var known))
        {
            known = Impacts.Of(segment.Facets.PlacesOf(facet));
            lock (_writing)
            {
                if (_facets.TryAdd((segment.Id, facet), known))
                {
                    _bytes += known.Size;
                    Forget();
                }
            }
        }

        return known.Places;
    }

    /// <summary>Forgets the facet values of segments that are gone.</summary>
    public void Keep(IReadOnlyList<Segment> segments)
    {
        var there = segments.Select(segment => segment.Id).ToHashSet();
        lock (_writing)
        {
            foreach (var key in _facets.Keys.Where(key => !there.Contains(key.Segment)))
            {
                _bytes -= _facets.TryRemove(key, out var gone) ? gone.Size : 0;
            }
        }
    }

    // What is known of a term in segments that are still there; a page of events adds one segment to many.
    private static Impacts?[] Kept(TermImpacts? known, SearchSnapshot snapshot, LengthNorms norms)
    {
        var kept = new Impacts?[snapshot.Segments.Count];
        if (known is null || known.Norms != norms)
        {
            return kept;
        }

        var byId = new Dictionary<int, Impacts>(known.BySegment.Length);
        for (var i = 0; i < known.BySegment.Length; i++)
        {
            byId[known.Segments[i].Id] = known.BySegment[i];
        }

        for (var i = 0; i < kept.Length; i++)
        {
            kept[i] = byId.GetValueOrDefault(snapshot.Segments[i].Id);
        }

        return kept;
    }

    private static async Task ReadAsync(SearchConnection connection, SearchSnapshot snapshot, Dictionary<string, Impacts?[]> missing, CancellationToken cancellationToken)
    {
        var places = new Dictionary<int, int>(snapshot.Segments.Count);
        for (var i = 0; i < snapshot.Segments.Count; i++)
        {
            if (missing.Values.Any(bySegment => bySegment[i] is null))
            {
                places[snapshot.Segments[i].Id] = i;
            }
        }

        if (places.Count > 0)
        {
            await using var command = new NpgsqlCommand(SelectPostings, await connection.OpenAsync(cancellationToken));
            command.Parameters.Add(new("terms", NpgsqlDbType.Array | NpgsqlDbType.Text) { Value = missing.Keys.ToArray() });
            command.Parameters.Add(new("segments", NpgsqlDbType.Array | NpgsqlDbType.Integer) { Value = places.Keys.ToArray() });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                var (term, place) = (reader.GetString(0), places[reader.GetInt32(1)]);
                var norms = term[0] > Grams.Initial ? snapshot.Statistics.Ranking.Norms : null;
                missing[term][place] ??= Impacts.Read(reader.GetFieldValue<byte[]>(2), norms, snapshot.Segments[place].Lengths);
            }
        }

        foreach (var bySegment in missing.Values)
        {
            foreach (ref var impacts in bySegment.AsSpan())
            {
                impacts ??= Impacts.None;
            }
        }
    }

    private void Remember(string term, TermImpacts impacts)
    {
        impacts.Used = Interlocked.Increment(ref _clock);
        lock (_writing)
        {
            _bytes += impacts.Size - (_terms.TryGetValue(term, out var before) ? before.Size : 0);
            _terms[term] = impacts;
            Forget();
        }
    }

    // A quarter at once, the longest unused first: rare, and no bookkeeping on the way in.
    private void Forget()
    {
        if (_bytes <= maxBytes)
        {
            return;
        }

        _facets.Clear();
        _bytes = 0;
        foreach (var (term, impacts) in _terms.ToArray().OrderByDescending(pair => pair.Value.Used))
        {
            if (_bytes + impacts.Size > maxBytes / 4 * 3)
            {
                _terms.TryRemove(term, out _);
            }
            else
            {
                _bytes += impacts.Size;
            }
        }
    }
}
