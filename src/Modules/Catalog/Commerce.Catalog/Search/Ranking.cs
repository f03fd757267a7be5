namespace Commerce.Catalog.Search;

/// <summary>
/// How well documents match, after BM25F: a word counts by its rarity, by the fields it stands in and how often, less in long fields, with diminishing
/// returns. Tuned on the judgments of chorus-icecat.
/// </summary>
internal sealed class Ranking(SearchStatistics statistics)
{
    private const float Saturation = 2f;
    private static readonly float[] Weights = [1.6f, 12f, 0.52f, 1.25f];
    private static readonly float[] LengthShare = [0.55f, 0.25f, 0.53f, 0.74f];

    private readonly float[][] _norms = [.. Enumerable.Range(0, Fields.Count).Select(field => Enumerable.Range(0, 256)
        .Select(length => Weights[field] / (1 - LengthShare[field] + (LengthShare[field] * Fields.Length((byte)length) / statistics.MeanLengths[field])))
        .ToArray())];

    /// <summary>The weight of a word that so many documents have.</summary>
    public float Rarity(int documents) =>
        MathF.Log(1 + ((Math.Max(statistics.Documents, documents) - documents + 0.5f) / (documents + 0.5f)));

    /// <summary>How much a document says a word, 0 to 1.</summary>
    /// <param name="counts">The packed counts of the word.</param>
    /// <param name="lengths">The document's field lengths.</param>
    public float Presence(byte counts, ReadOnlySpan<byte> lengths)
    {
        var sum = 0f;
        for (var field = 0; field < Fields.Count; field++)
        {
            var count = Fields.Of(counts, (Field)field);
            if (count > 0)
            {
                sum += count * _norms[field][lengths[field]];
            }
        }

        return sum / (Saturation + sum);
    }
}
