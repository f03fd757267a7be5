using System.Collections.Concurrent;

namespace Commerce.Catalog.Search;

/// <summary>
/// Some documents of one segment, with what sifting needs of each read ahead, column by column. In a large shop each of these lies somewhere else in memory:
/// reads that do not wait for one another are many times as fast as following one document after the other.
/// </summary>
internal sealed class SiftingBlock
{
    private const int Room = 64;

    // As many as threads search at once.
    private static readonly int s_most = Environment.ProcessorCount * 2;
    private static readonly ConcurrentBag<SiftingBlock> s_idle = [];

    private readonly int[] _documents = new int[Room];
    private readonly (int Start, int Length)[] _facets = new (int, int)[Room];
    private SearchSnapshot? _snapshot;
    private string _currency = "";
    private int _currencyNumber;
    private long _now;
    private int _read;

    private SiftingBlock()
    {
    }

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

    /// <summary>An empty one.</summary>
    /// <param name="snapshot">The index.</param>
    /// <param name="currency">The currency of prices.</param>
    /// <param name="now">The moment that they are of.</param>
    public static SiftingBlock Rent(SearchSnapshot snapshot, string currency, long now)
    {
        var block = s_idle.TryTake(out var idle) ? idle : new SiftingBlock();
        (block._snapshot, block._currency, block._currencyNumber, block._now) = (snapshot, currency, snapshot.Live.CurrencyNumber(currency), now);
        return block;
    }

    /// <summary>Gives it back.</summary>
    public void Return()
    {
        // What is kept holds on to no index.
        (_snapshot, Columns, Count) = (null, null, 0);
        if (s_idle.Count < s_most)
        {
            s_idle.Add(this);
        }
    }

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

        Columns = _snapshot!.Segments[Matches[0].Segment];
        var documents = _documents.AsSpan(0, Count);
        var matches = Matches.AsSpan(0, Count);
        for (var i = 0; i < documents.Length; i++)
        {
            documents[i] = Columns.DocumentOf(matches[i].Place);
        }

        // One column after the other, and each first looked at in a loop that does nothing else: so many of the reads are under way at once.
        var facets = _facets.AsSpan(0, Count);
        for (var i = 0; i < facets.Length; i++)
        {
            facets[i] = Times[i] > 0 ? Columns.Facets.At(matches[i].Place) : default;
        }

        _read = _snapshot.Live.Touch(documents) + Columns.Facets.Touch(facets);
        _snapshot.Live.Read(documents, Values, _currency, _currencyNumber, _now);
    }

    /// <summary>The facet values of one of them that is counted, as a <see cref="FacetColumn"/> keeps them.</summary>
    public ReadOnlySpan<ushort> FacetsOf(int number) => Columns!.Facets.CodesAt(_facets[number]);

    /// <summary>Makes room.</summary>
    public void Clear() => Count = 0;
}
