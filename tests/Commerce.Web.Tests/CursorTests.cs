using System.Buffers.Text;
using System.Text;
using Commerce.EventStore;

namespace Commerce.Web.Tests;

public sealed class CursorTests
{
    [Fact]
    public void A_cursor_brings_its_keys_back()
    {
        var (id, at) = (Identifiers.Next(), new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));

        Cursor.TryDecode<DateTimeOffset, Guid>(Cursor.Encode(at, id), out var when, out var what).ShouldBeTrue();
        (when, what).ShouldBe((at, id));
        Cursor.TryDecode<decimal, string, int>(Cursor.Encode(19.90m, "헤드폰", -3), out var price, out var name, out var rank).ShouldBeTrue();
        (price, name, rank).ShouldBe((19.90m, "헤드폰", -3));
        Cursor.TryDecode<int?, string>(Cursor.Encode<int?, string>(null, "x"), out var none, out _).ShouldBeTrue();
        none.ShouldBeNull();
        Cursor.TryDecode<double, int, int, string>(Cursor.Encode(0.25, 1, 2, "d"), out var score, out _, out _, out var last).ShouldBeTrue();
        (score, last).ShouldBe((0.25, "d"));
        Cursor.Encode("a/b+c?").ShouldMatch("^[A-Za-z0-9_-]+$");
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("%%%")]
    [InlineData("bm90IGpzb24")]
    [InlineData("W10")]
    public void A_cursor_that_was_not_made_here_is_refused(string? text) => Cursor.TryDecode<string>(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("[1]")]
    [InlineData("[null]")]
    [InlineData("[\"a\",\"b\"]")]
    [InlineData("{\"a\":1}")]
    [InlineData("[\"\\u0000\"]")]
    [InlineData("[\"\\ud800\"]")]
    [InlineData("[[[[[[[[1]]]]]]]]")]
    public void A_forged_cursor_is_refused(string json) =>
        Cursor.TryDecode<string>(Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json)), out _).ShouldBeFalse();

    [Fact]
    public void A_forged_time_is_brought_to_UTC_and_a_huge_cursor_refused()
    {
        Cursor.TryDecode<DateTimeOffset>(Base64Url.EncodeToString("[\"2026-01-01T09:00:00+09:00\"]"u8), out var at).ShouldBeTrue();
        at.Offset.ShouldBe(TimeSpan.Zero);
        Cursor.TryDecode<string>(Cursor.Encode(new string('a', 5000)), out _).ShouldBeFalse();
    }

    [Fact]
    public void A_page_is_cut_where_an_extra_row_proves_the_next()
    {
        Page<int>.Cut([1, 2, 3], PageLimit.Of(3), i => Cursor.Encode(i)).NextCursor.ShouldBeNull();
        var page = Page<int>.Cut([1, 2, 3], PageLimit.Of(2), i => Cursor.Encode(i));
        page.Items.ShouldBe([1, 2]);
        Cursor.TryDecode<int>(page.NextCursor, out var last).ShouldBeTrue();
        last.ShouldBe(2);
        PageLimit.Default.Value.ShouldBe(20);
        Should.Throw<ArgumentOutOfRangeException>(() => PageLimit.Of(101));
    }
}
