namespace Commerce.Web.Tests;

/// <summary>The quick look and the rules that explain say the same of everything.</summary>
public sealed class ShapeRulesTests
{
    [Theory]
    [InlineData("a", 1, "b", "x,y", true)]
    [InlineData("", 1, "b", "x,y", false)]
    [InlineData("a", 0, "b", "x,y", false)]
    [InlineData("a", 1, "", "x,y", false)]
    [InlineData("a", 1, null, null, true)]
    [InlineData("a", 1, null, "x,", false)]
    [InlineData("a", 1, "b", "", false)]
    public void Look_and_rules_agree(string name, int count, string? part, string? words, bool isRight)
    {
        var parcel = new Parcel(name, [new Slip(name), new Slip(name)], count, part is null ? null : new Slip(part), words?.Split(','));

        ParcelRules.Instance.Fits(parcel).ShouldBe(isRight);
        ParcelRules.Instance.Validate(parcel).IsValid.ShouldBe(isRight);
    }

    [Fact]
    public void A_part_that_is_missing_in_a_list_is_a_fault()
    {
        var parcel = new Parcel("a", [new Slip("a"), null!], 1, null, null);

        ParcelRules.Instance.Fits(parcel).ShouldBeFalse();
        var failure = ParcelRules.Instance.Validate(parcel).Errors.ShouldHaveSingleItem();
        (failure.PropertyName, failure.ErrorMessage).ShouldBe(("Slips[1]", "no slip"));
    }

    private sealed record Slip(string Text);

    private sealed record Parcel(string Name, IReadOnlyList<Slip> Slips, int Count, Slip? Part, IReadOnlyList<string>? Words);

    private sealed class SlipRules : ShapeRules<Slip>
    {
        public static readonly SlipRules Instance = new();

        public SlipRules() => Field(slip => slip.Text, text => text.Length > 0, "empty");
    }

    private sealed class ParcelRules : ShapeRules<Parcel>
    {
        public static readonly ParcelRules Instance = new();

        public ParcelRules()
        {
            Field(parcel => parcel.Count, count => count > 0, "none");
            Parts(parcel => parcel.Slips, SlipRules.Instance, "no slip");
            Part(parcel => parcel.Part, SlipRules.Instance);
            Elements(parcel => parcel.Words, word => word.Length > 0, "no word");
        }
    }
}
