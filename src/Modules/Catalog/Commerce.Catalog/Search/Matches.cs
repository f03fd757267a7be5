using System.Collections.Concurrent;

namespace Commerce.Catalog.Search;

/// <summary>A document that matches.</summary>
/// <param name="Segment">The segment's place in the snapshot.</param>
/// <param name="Place">The document's place in the segment.</param>
/// <param name="IsFull">Whether it has all of the required words.</param>
/// <param name="Score">How well it matches.</param>
internal readonly record struct Match(int Segment, int Place, bool IsFull, float Score);

/// <summary>All documents that match, in columns that are kept for the next search: a common word is in hundreds of thousands.</summary>
internal sealed class Matches : IDisposable
{
    private const byte Full = byte.MaxValue;

    // As many as threads search at once. A pool of arrays would keep every length that a column had while it grew, for each thread.
    private static readonly int s_most = Environment.ProcessorCount * 2;
    private static readonly ConcurrentBag<Matches> s_idle = [];

    // Longer ones, thirteen bytes a document, are left to the collector.
    private const int MostKept = 1 << 18;

    private int[] _at = new int[256];
    private float[] _scores = new float[256];
    private byte[] _covered = new byte[256];
    private int[] _failed = [];
    private bool _isIdle;

    private Matches()
    {
    }

    /// <summary>None so far.</summary>
    public static Matches Rent()
    {
        if (!s_idle.TryTake(out var matches))
        {
            return new Matches();
        }

        matches._isIdle = false;
        return matches;
    }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>Their scores.</summary>
    public ReadOnlySpan<float> Scores => _scores.AsSpan(0, Count);

    /// <summary>One of them.</summary>
    public Match this[int number] => new(_at[number] >>> 16, _at[number] & ushort.MaxValue, _covered[number] == Full, _scores[number]);

    /// <summary>Room for what each of them fails.</summary>
    public Span<int> Failed
    {
        get
        {
            if (_failed.Length < Count)
            {
                _failed = new int[_at.Length];
            }

            return _failed.AsSpan(0, Count);
        }
    }

    /// <summary>Whether one of them has all words.</summary>
    public bool IsFull(int number) => _covered[number] == Full;

    /// <summary>How many have all words.</summary>
    public int CountFull() => _covered.AsSpan(0, Count).Count(Full);

    /// <summary>Adds one.</summary>
    public void Add(Match match)
    {
        Reserve(1);
        _at[Count] = (match.Segment << 16) | match.Place;
        _scores[Count] = match.Score;
        _covered[Count++] = match.IsFull ? Full : (byte)0;
    }

    /// <summary>Adds those of a segment that live.</summary>
    /// <param name="number">The segment's place in the snapshot.</param>
    /// <param name="segment">The segment.</param>
    /// <param name="hits">What was found in it.</param>
    /// <param name="required">Words that make a full match.</param>
    /// <param name="weight">What scores are multiplied by.</param>
    public void Add(int number, Segment segment, Hits hits, int required, float weight)
    {
        Reserve(hits.Count);
        var (count, living, all) = (Count, segment.Living, segment.Living.All);
        for (var i = 0; i < hits.Count; i++)
        {
            int place = hits.Places[i];
            if (all || living.Has(place))
            {
                _at[count] = (number << 16) | place;
                _scores[count] = weight * hits.Scores[i];
                _covered[count++] = hits.Covered[i] == required ? Full : hits.Covered[i];
            }
        }

        Count = count;
    }

    /// <summary>Leaves only those that have most of the words that any of them has.</summary>
    public void KeepMost()
    {
        byte most = 0;
        foreach (var covered in _covered.AsSpan(0, Count))
        {
            most = Math.Max(most, covered);
        }

        Keep(most);
    }

    /// <summary>Leaves only those that have all words.</summary>
    public void KeepFull() => Keep(Full);

    /// <summary>Forgets all of them.</summary>
    public void Clear() => Count = 0;

    /// <inheritdoc />
    public void Dispose()
    {
        ObjectDisposedException.ThrowIf(_isIdle, this);
        (_isIdle, Count) = (true, 0);
        if (_at.Length <= MostKept && s_idle.Count < s_most)
        {
            s_idle.Add(this);
        }
    }

    private void Keep(byte covered)
    {
        var kept = 0;
        for (var i = 0; i < Count; i++)
        {
            if (_covered[i] == covered)
            {
                (_at[kept], _scores[kept], _covered[kept]) = (_at[i], _scores[i], covered);
                kept++;
            }
        }

        Count = kept;
    }

    private void Reserve(int more)
    {
        if (Count + more > _at.Length)
        {
            var room = Math.Max(Count + more, _at.Length * 2);
            Array.Resize(ref _at, room);
            Array.Resize(ref _scores, room);
            Array.Resize(ref _covered, room);
        }
    }
}
