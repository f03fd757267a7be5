using System.Collections.Concurrent;
using System.Numerics;

namespace Commerce.Catalog.Search;

/// <summary>Room to match a query in, for one segment after the other; kept for the next query.</summary>
internal sealed class MatchScratch
{
    // As many as threads match at once, of which some wait for a processor; each holds about a megabyte and a half in a large shop.
    private static readonly int s_most = Environment.ProcessorCount * 2;
    private static readonly ConcurrentBag<MatchScratch> s_idle = [];

    private readonly int _room;

    private MatchScratch(int room)
    {
        _room = room;
        (Found, Word) = (new Hits(room), new Hits(room));
        (Dense, Letters, Sums) = (new DenseScores(room), new DenseScores(room), new ushort[room]);
    }

    /// <summary>What was found of the query so far.</summary>
    public Hits Found { get; }

    /// <summary>What was found of one word.</summary>
    public Hits Word { get; }

    /// <summary>For adding words up.</summary>
    public DenseScores Dense { get; }

    /// <summary>For adding up pieces, by place; all zero between two uses.</summary>
    public ushort[] Sums { get; }

    /// <summary>For the best of what stands for one word.</summary>
    public DenseScores Letters { get; }

    /// <summary>A clean one for segments of at most so many documents.</summary>
    public static MatchScratch Rent(IReadOnlyList<Segment> segments)
    {
        var most = 0;
        for (var i = 0; i < segments.Count; i++)
        {
            most = Math.Max(most, segments[i].Count);
        }

        while (s_idle.TryTake(out var idle))
        {
            if (idle._room >= most)
            {
                return idle;
            }
        }

        return new MatchScratch(Math.Max(4_096, (int)BitOperations.RoundUpToPowerOf2((uint)most)));
    }

    /// <summary>Gives it back, clean; that of a query that failed midway is left to the collector.</summary>
    public void Return()
    {
        if (s_idle.Count < s_most)
        {
            s_idle.Add(this);
        }
    }
}
