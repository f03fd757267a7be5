using Commerce.Catalog.Search;

namespace Commerce.Catalog.Tests.Search;

/// <summary>What the index writes in bulk is what it would write one by one.</summary>
public sealed class SegmentTermsTests
{
    [Fact]
    public void Terms_come_in_order_each_with_its_own_places()
    {
        var terms = new SegmentTerms();
        foreach (var (term, place, counts) in new[] { ("b", 0, 1), ("a", 0, 2), ("b", 3, 3), ("c", 4, 4), ("b", 300, 5), ("a", 301, 6) })
        {
            terms.Add(term, place, (byte)counts);
        }

        var ordered = terms.Ordered();
        ordered.ShouldBe([("a", 2), ("b", 3), ("c", 1)]);
        var stored = terms.Encode(ordered).Select(row => (row.Term, row.Df, Postings: Postings.Decode(row.Body.Span))).ToList();
        stored.Select(row => (row.Term, row.Df)).ShouldBe(ordered);
        stored[0].Postings.Places.ShouldBe([0, 301]);
        stored[1].Postings.Places.ShouldBe([0, 3, 300]);
        stored[1].Postings.Counts.ShouldBe([1, 3, 5]);
        stored[2].Postings.Places.ShouldBe([4]);
    }

    [Fact]
    public void A_term_that_everything_has_outgrows_the_buffers()
    {
        var terms = new SegmentTerms();
        for (var place = 0; place < 5_000; place++)
        {
            terms.Add("all", place * 200, (byte)(place % 256));
        }

        var (_, df, body) = terms.Encode(terms.Ordered()).Single();
        var read = Postings.Decode(body.Span);
        df.ShouldBe(5_000);
        read.Places.ShouldBe(Enumerable.Range(0, 5_000).Select(place => place * 200));
        read.Counts.ShouldBe(Enumerable.Range(0, 5_000).Select(place => (byte)(place % 256)));
    }

    [Theory]
    [InlineData("ab", 1)]
    [InlineData("abc", 4)]
    [InlineData("aab", 3)]
    [InlineData("abcdefgh", 37)]
    [InlineData("abcdefghijkl", 37)]
    public void Words_share_a_rest_when_letters_are_taken_out(string word, int rests) => Typos.Keys(word).Count.ShouldBe(rests);

    [Theory]
    [InlineData("laptop", "laptp")]
    [InlineData("keyboard", "keybrd")]
    [InlineData("headphone", "haedphone")]
    public void A_slip_and_the_word_share_a_rest(string word, string slip) => Typos.Keys(word).Overlaps(Typos.Keys(slip)).ShouldBeTrue();
}
