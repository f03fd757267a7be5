using Commerce.Catalog.Search;

namespace Commerce.Catalog.Tests.Search;

public sealed class TextTests
{
    [Theory]
    [InlineData("ＡＢＣ１２", "abc12")]
    [InlineData("Crème Brûlée", "creme brulee")]
    [InlineData("Core™2 Duo®", "core 2 duo®")]
    [InlineData("ｶﾞﾊﾞﾝ", "ガバン")]
    [InlineData("ひらがな", "ヒラガナ")]
    [InlineData("Straße", "strasse")]
    public void Text_is_folded(string text, string folded) => Folding.Fold(text).ShouldBe(folded);

    [Fact]
    public void Letters_that_came_apart_are_composed()
    {
        Folding.Fold("\u1112\u1161\u11ab").ShouldBe("한");
        Folding.Fold("e\u0301").ShouldBe("e");
    }

    [Theory]
    [InlineData("dv7-1211ea", "dv7 1211ea | 1211 ea dv71211ea")]
    [InlineData("usb 3.0 cable", "usb 3.0 cable | ")]
    [InlineData("4 gb", "4 gb | 4gb")]
    [InlineData("4gb", "4gb | 4 gb")]
    [InlineData("wi-fi", "wi fi | wifi")]
    public void Words_are_cut(string text, string words)
    {
        var (own, beside) = (new List<string>(), new List<string>());
        Words.Split(text, (word, isBeside) => (isBeside ? beside : own).Add(word));
        $"{string.Join(' ', own)} | {string.Join(' ', beside)}".ShouldBe(words);
    }

    [Theory]
    [InlineData("batteries", "battery")]
    [InlineData("speakers", "speaker")]
    [InlineData("boxes", "box")]
    [InlineData("watches", "watch")]
    [InlineData("glass", "glass")]
    [InlineData("bus", "bus")]
    [InlineData("ps4", "ps4")]
    public void Plurals_are_singulars(string word, string stem) => Stems.Of(word).ShouldBe(stem);

    [Theory]
    [InlineData("gpemvhs", "헤드폰")]
    [InlineData("akdlxj xhq", "마이터 톱")]
    [InlineData("ekfr", "닭")]
    [InlineData("hello", null)]
    public void Korean_is_read_from_the_latin_layout(string typed, string? korean) => Hangul.FromKeys(typed).ShouldBe(korean);

    [Fact]
    public void Syllables_come_apart()
    {
        Hangul.Decompose("헤드폰").ShouldBe("ㅎㅔㄷㅡㅍㅗㄴ");
        Hangul.InitialsOf("헤드폰").ShouldBe("ㅎㄷㅍ");
        Hangul.ToKeys("ㅣㅐㅔ").ShouldBe("lop");
    }

    [Theory]
    [InlineData("battery", "batrery", 1)]
    [InlineData("battery", "batetry", 1)]
    [InlineData("battery", "bttery", 1)]
    [InlineData("battery", "baqttery", 1)]
    [InlineData("battery", "btatrey", 2)]
    [InlineData("battery", "charger", 3)]
    public void Slips_are_counted_and_their_keys_meet(string word, string typed, int slips)
    {
        Typos.Distance(word, typed, 2).ShouldBe(slips);
        if (slips <= Typos.Allowed(typed))
        {
            Typos.Keys(word).Overlaps(Typos.Keys(typed)).ShouldBeTrue();
        }
    }

    [Fact]
    public void Postings_come_back_as_they_were_written()
    {
        int[] places = [0, 1, 127, 128, 129, 16_384, 3_000_000];
        byte[] counts = [1, 2, 3, 64, 255, 7, 9];
        var read = Postings.Decode(Postings.Encode(places, counts));
        read.Places.ShouldBe(places);
        read.Counts.ShouldBe(counts);
    }

    [Fact]
    public void Counts_are_kept_by_field_up_to_three()
    {
        var counts = Enumerable.Range(0, 5).Aggregate((byte)0, (packed, _) => Fields.Add(packed, Field.Description));
        counts = Fields.Add(counts, Field.Name);
        (Fields.Of(counts, Field.Name), Fields.Of(counts, Field.Key), Fields.Of(counts, Field.Description)).ShouldBe((1, 0, 3));
    }
}
