namespace Commerce.Catalog.Search;

/// <summary>
/// How well documents match, after BM25F: a word counts by its rarity, by the fields it stands in and how often, less in long fields, with diminishing
/// returns. Tuned on the judgments of chorus-icecat.
/// </summary>
internal sealed class Ranking(SearchStatistics statistics)
{
    /// <summary>What lengths count for.</summary>
    public LengthNorms Norms { get; } = LengthNorms.Of(statistics.MeanLengths);

    /// <summary>The weight of a word that so many documents have.</summary>
    public float Rarity(int documents) =>
        MathF.Log(1 + ((Math.Max(statistics.Documents, documents) - documents + 0.5f) / (documents + 0.5f)));
}

/// <summary>
/// How much less a word says in a longer field. Mean lengths count in steps of one in two hundred: a shop that grows then has the same norms for long, and what
/// was computed with them stays good.
/// </summary>
/// <param name="Name">The step of the mean length of names.</param>
/// <param name="Key">That of keys.</param>
/// <param name="Attribute">That of attributes.</param>
/// <param name="Description">That of descriptions.</param>
internal sealed record LengthNorms(int Name, int Key, int Attribute, int Description)
{
    private const float Saturation = 2f;
    private const double StepsOfE = 200;
    private static readonly float[] Weights = [1.6f, 12f, 0.52f, 1.25f];
    private static readonly float[] LengthShare = [0.55f, 0.25f, 0.53f, 0.74f];

    private readonly float[] _norms = Table([Name, Key, Attribute, Description]);

    /// <summary>For mean lengths, by field.</summary>
    public static LengthNorms Of(float[] means)
    {
        int StepOf(Field field) => (int)Math.Round(Math.Log(means[(int)field]) * StepsOfE);
        return new LengthNorms(StepOf(Field.Name), StepOf(Field.Key), StepOf(Field.Attribute), StepOf(Field.Description));
    }

    /// <inheritdoc />
    public bool Equals(LengthNorms? other) =>
        ReferenceEquals(this, other) || (other is not null && (Name, Key, Attribute, Description) == (other.Name, other.Key, other.Attribute, other.Description));

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Name, Key, Attribute, Description);

    /// <summary>How much a document says a word, 0 to 1.</summary>
    /// <param name="counts">The packed counts of the word.</param>
    /// <param name="lengths">The document's field lengths.</param>
    public float Presence(byte counts, ReadOnlySpan<byte> lengths)
    {
        // Written out, since it runs for every posting that is read.
        var norms = _norms;
        var sum = ((counts & 3) * norms[lengths[0]])
            + (((counts >> 2) & 3) * norms[256 + lengths[1]])
            + (((counts >> 4) & 3) * norms[512 + lengths[2]])
            + ((counts >> 6) * norms[768 + lengths[3]]);
        return sum / (Saturation + sum);
    }

    /// <summary>How a score divides among the fields that a word stands in.</summary>
    public IReadOnlyList<FieldShare> Shares(byte counts, ReadOnlySpan<byte> lengths, float score)
    {
        var shares = new List<FieldShare>();
        var sum = 0f;
        for (var field = 0; field < Fields.Count; field++)
        {
            if (Fields.Of(counts, (Field)field) is > 0 and var count)
            {
                var part = count * _norms[(field * 256) + lengths[field]];
                sum += part;
                shares.Add(new FieldShare((Field)field, count, (int)Fields.Length(lengths[field]), part));
            }
        }

        return [.. shares.Select(share => share with { Score = share.Score * score / sum })];
    }

    private static float[] Table(int[] steps) => [.. Enumerable.Range(0, Fields.Count).SelectMany(field => Enumerable.Range(0, 256)
        .Select(length => (float)(Weights[field] / (1 - LengthShare[field] + (LengthShare[field] * Fields.Length((byte)length) / Math.Exp(steps[field] / StepsOfE))))))];
}

/// <summary>What a word adds to a score.</summary>
/// <param name="Word">As it was asked for.</param>
/// <param name="Term">What of the index stands for it.</param>
/// <param name="Weight">How well it does.</param>
/// <param name="Rarity">The weight of its rarity.</param>
/// <param name="Score">What it adds.</param>
/// <param name="Fields">By field.</param>
internal sealed record TermShare(string Word, string Term, float Weight, float Rarity, float Score, IReadOnlyList<FieldShare> Fields);

/// <summary>What a word adds to a score by standing in a field.</summary>
/// <param name="Field">The field.</param>
/// <param name="Count">How often it stands there, 3 for any more.</param>
/// <param name="Length">The words of the field.</param>
/// <param name="Score">What that adds.</param>
internal sealed record FieldShare(Field Field, int Count, int Length, float Score);
