namespace Commerce.Catalog.Search;

/// <summary>What a query asks of the index.</summary>
/// <param name="Groups">One for each word that was asked for; a document matches it by any of its terms.</param>
/// <param name="Pieces">Pieces of letters of what is not written in parted words, or null.</param>
/// <param name="Corrected">The query with slips mended, or null when there were none.</param>
internal sealed record QueryPlan(IReadOnlyList<QueryGroup> Groups, QueryPieces? Pieces, string? Corrected)
{
    /// <summary>Nothing is asked for: everything matches.</summary>
    public static QueryPlan Everything { get; } = new([], null, null);

    /// <summary>1, or less for a query that was not typed so but means the same.</summary>
    public float Weight { get; init; } = 1;

    /// <summary>What was planned for: the query as it was typed, or with a synonym in it.</summary>
    public string Text { get; init; } = "";

    /// <summary>Whether there is nothing to look for.</summary>
    public bool IsEmpty => Groups.Count == 0 && Pieces is null;

    /// <summary>What a document can match at the most.</summary>
    public int Required => Groups.Count(group => group.IsRequired) + (Pieces is null ? 0 : 1);

    /// <summary>All terms to be read.</summary>
    public HashSet<string> Terms() => [.. Groups.SelectMany(group => group.Alternatives).Select(term => term.Term), .. Pieces?.Terms ?? []];
}

/// <summary>One word of a query, with everything that counts as it.</summary>
/// <param name="Word">As it was typed.</param>
/// <param name="Alternatives">The word itself, its completions, what was probably meant.</param>
/// <param name="IsRequired">Whether a full match must have it; <c>for</c> and <c>with</c> need not be there.</param>
internal sealed record QueryGroup(string Word, IReadOnlyList<QueryTerm> Alternatives, bool IsRequired);

/// <summary>A term and how well it stands for what was asked.</summary>
/// <param name="Term">The indexed term.</param>
/// <param name="Weight">1 for the very word.</param>
/// <param name="Frequency">About how many products have it.</param>
internal readonly record struct QueryTerm(string Term, float Weight, int Frequency);

/// <summary>Pieces of letters.</summary>
/// <param name="Terms">The pieces, each once.</param>
/// <param name="Threshold">The share of the pieces' weight that a document must have to match.</param>
internal sealed record QueryPieces(IReadOnlyList<string> Terms, float Threshold);
