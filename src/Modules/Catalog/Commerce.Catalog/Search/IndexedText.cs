namespace Commerce.Catalog.Search;

/// <summary>All words of one product with their counts by field, ready to be put into a segment.</summary>
internal sealed class IndexedText
{
    // A product is described in hundreds of words; one of tens of thousands is an attack or an accident.
    private const int MaxTerms = 4_000;

    private readonly int[] _lengths = new int[Fields.Lengths];

    /// <summary>Counts by term.</summary>
    public Dictionary<string, byte> Terms { get; } = new(StringComparer.Ordinal);

    /// <summary>The lengths in bytes.</summary>
    public byte[] Lengths => [.. _lengths.Select(Fields.Length)];

    /// <summary>Adds a text.</summary>
    public void Add(Field field, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return;
        }

        var folded = Folding.Fold(text);
        Words.Split(folded, (word, beside) =>
        {
            _lengths[(int)field] += beside ? 0 : 1;
            AddTerm(field, Stems.Of(word));
        });
        if (field != Field.Name || !Grams.Needs(folded))
        {
            return;
        }

        foreach (var piece in Grams.Of(folded))
        {
            _lengths[Fields.Count]++;
            AddTerm(Field.Name, piece);
        }

        foreach (var piece in Grams.InitialsOf(folded))
        {
            AddTerm(Field.Name, piece);
        }
    }

    private void AddTerm(Field field, string term)
    {
        if (Terms.TryGetValue(term, out var counts))
        {
            Terms[term] = Fields.Add(counts, field);
        }
        else if (Terms.Count < MaxTerms)
        {
            Terms[term] = Fields.Add(0, field);
        }
    }
}
