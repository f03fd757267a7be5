using Commerce.Catalog.Search;

namespace Commerce.Catalog.Wire;

/// <summary>What the engine tells, as the wire has it.</summary>
internal static class SearchTexts
{
    private const int Digits = 4;

    /// <summary>How a score came about.</summary>
    public static ScoreExplanation? Of(Explanation? explanation) => explanation is null ? null : new ScoreExplanation(
        explanation.Query, explanation.IsFull, Round(explanation.Weight), Round(explanation.PopularityLift), [.. explanation.Terms.Select(Of)]);

    private static TermExplanation Of(TermShare term) => new(
        term.Word, term.Term, Round(term.Weight), Round(term.Rarity), Round(term.Score),
        [.. term.Fields.Select(field => new FieldExplanation(Name(field.Field), field.Count, field.Length, Round(field.Score)))]);

    private static string Name(Field field) => field switch
    {
        Field.Name => "name",
        Field.Key => "key",
        Field.Attribute => "attribute",
        _ => "description",
    };

    private static double Round(float value) => Math.Round(value, Digits);
}
