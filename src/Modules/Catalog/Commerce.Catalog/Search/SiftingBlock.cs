namespace Commerce.Catalog.Search;

/// <summary>
/// Some documents of one segment, with what sifting needs of each read ahead, column by column. In a large shop each of these lies somewhere else in memory:
/// reads that do not wait for one another are many times as fast as following one document after the other.
/// </summary>
internal sealed class SiftingBlock(SearchSnapshot snapshot, string currency, int currencyNumber, long now)
{
    private const int Room = 64;

    private readonly int[] _documents = new int[Room];
    private int _read;

    /// <summary>The segment.</summary>
    public Segment? Columns { get; private set; }

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The documents.</summary>
    public Match[] Matches { get; } = new Match[Room];

    /// <summary>What changes of each.</summary>
    public LiveValues[] Values { get; } = new LiveValues[Room];

    /// <summary>Which conditions each fails.</summary>
    public int[] Failed { get; } = new int[Room];

    /// <summary>For how many documents each is counted; 0 when it is only offered for the page.</summary>
    public int[] Times { get; } = new int[Room];

    /// <summary>Adds a document; false when there is no room, or it is of another segment.</summary>
    public bool TryAdd(Match match, int failed, int times)
    {
        if (Count == Room || (Count > 0 && Matches[0].Segment != match.Segment))
        {
            return false;
        }

        (Matches[Count], Failed[Count], Times[Count]) = (match, failed, times);
        Count++;
        return true;
    }

    /// <summary>Reads what is needed of each.</summary>
    public void Read()
    {
        if (Count == 0)
        {
            return;
        }

        Columns = snapshot.Segments[Matches[0].Segment];
        var documents = _documents.AsSpan(0, Count);
        var matches = Matches.AsSpan(0, Count);
        for (var i = 0; i < documents.Length; i++)
        {
            documents[i] = Columns.DocumentOf(matches[i].Place);
        }

        snapshot.Live.Read(documents, Values, currency, currencyNumber, now);
        var (starts, values, sum) = (Columns.FacetStarts, Columns.FacetValues, 0);
        for (var i = 0; i < matches.Length; i++)
        {
            // Looked at so that they are near when they are counted.
            if (Times[i] > 0)
            {
                var (start, end) = (starts[matches[i].Place], starts[matches[i].Place + 1]);
                sum += start < end ? values[start] ^ values[end - 1] : 0;
            }
        }

        _read = sum;
    }

    /// <summary>Makes room.</summary>
    public void Clear() => Count = 0;
}
