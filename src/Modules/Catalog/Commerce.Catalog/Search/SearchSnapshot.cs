namespace Commerce.Catalog.Search;

/// <summary>The index as one query sees it from beginning to end.</summary>
/// <param name="Epoch">The index.</param>
/// <param name="Generation">The last change it knows.</param>
/// <param name="Segments">All segments.</param>
/// <param name="Live">The values that change.</param>
/// <param name="Statistics">What ranking weighs words and lengths by.</param>
/// <param name="Words">What was asked of the vocabulary since the segments changed.</param>
internal sealed record SearchSnapshot(Guid Epoch, long Generation, IReadOnlyList<Segment> Segments, LiveColumns Live, SearchStatistics Statistics, KnownWords Words)
{
    /// <summary>The last change it knows that was more than orders.</summary>
    public long Changed { get; init; }

    /// <summary>The living document of a product, or null.</summary>
    public int? DocumentOf(Guid product)
    {
        foreach (var segment in Segments)
        {
            if (segment.PlaceOf(product) is >= 0 and var place && Live.Lives(segment.DocumentOf(place)))
            {
                return segment.DocumentOf(place);
            }
        }

        return null;
    }

    /// <summary>Where a document stands, or null when it is in no segment.</summary>
    public (int Segment, int Place)? Find(int document)
    {
        for (var segment = 0; segment < Segments.Count; segment++)
        {
            if (Segments[segment].PlaceOf(document) is >= 0 and var place)
            {
                return (segment, place);
            }
        }

        return null;
    }

    /// <summary>An index without anything.</summary>
    public static SearchSnapshot Empty { get; } = new(Guid.Empty, 0, [], new LiveColumns(), SearchStatistics.Of([]), new KnownWords());
}

/// <summary>Documents and the mean lengths of their fields.</summary>
/// <param name="Documents">How many there are, dead ones not yet merged away included.</param>
/// <param name="MeanLengths">By field.</param>
internal sealed record SearchStatistics(int Documents, float[] MeanLengths)
{
    private Ranking? _ranking;

    /// <summary>The ranking that these make, with its tables.</summary>
    public Ranking Ranking => _ranking ??= new Ranking(this);

    /// <summary>The statistics of segments.</summary>
    public static SearchStatistics Of(IReadOnlyList<Segment> segments)
    {
        var (documents, sums) = (0, new double[Fields.Lengths]);
        foreach (var segment in segments)
        {
            documents += segment.Count;
            for (var i = 0; i < sums.Length; i++)
            {
                sums[i] += segment.LengthSums[i];
            }
        }

        return new SearchStatistics(documents, [.. sums.Select(sum => Math.Max(1f, (float)(sum / Math.Max(1, documents))))]);
    }
}
