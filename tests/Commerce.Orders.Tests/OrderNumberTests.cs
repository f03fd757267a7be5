using FsCheck.Xunit;

namespace Commerce.Orders.Tests;

public sealed class OrderNumberTests
{
    [Fact]
    public void A_number_is_three_groups_of_four_symbols_without_look_alikes() =>
        Enumerable.Range(0, 200).Select(_ => OrderNumber.Draw()).ShouldAllBe(number => System.Text.RegularExpressions.Regex.IsMatch(
            number, "^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));

    [Fact]
    public void Numbers_do_not_repeat() =>
        Enumerable.Range(0, 10_000).Select(_ => OrderNumber.Draw()).Distinct(StringComparer.Ordinal).Count().ShouldBe(10_000);

    [Theory]
    [InlineData("7k3m-9qx2-v4td", "7K3M-9QX2-V4TD")]
    [InlineData("7K3M9QX2V4TD", "7K3M-9QX2-V4TD")]
    [InlineData(" 7K3M 9QX2 V4TD ", "7K3M-9QX2-V4TD")]
    [InlineData("oil0-1111-0000", "0110-1111-0000")]
    [InlineData("7K3M-9QX2-V4T", null)]
    [InlineData("7K3M-9QX2-V4TDA", null)]
    [InlineData("7K3M-9QX2-V4TU", null)]
    [InlineData("", null)]
    public void A_number_is_understood_as_people_type_it(string typed, string? meant) => OrderNumber.Normalize(typed).ShouldBe(meant);

    [Property]
    public bool Any_text_is_a_number_or_none(string? text) => OrderNumber.Normalize(text ?? "") is null or { Length: 14 };

    [Fact]
    public void A_slip_never_makes_another_sound_number()
    {
        const string Symbols = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        foreach (var number in Enumerable.Range(0, 20).Select(_ => OrderNumber.Draw()))
        {
            OrderNumber.IsSound(number).ShouldBeTrue();
            int[] places = [0, 1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13];
            foreach (var place in places)
            {
                Symbols.Where(symbol => symbol != number[place]).Select(symbol => With(number, (place, symbol))).ShouldAllBe(slip => !OrderNumber.IsSound(slip));
                places.Where(other => number[other] != number[place]).Select(other => With(number, (place, number[other]), (other, number[place])))
                    .ShouldAllBe(slip => !OrderNumber.IsSound(slip));
            }
        }
    }

    private static string With(string number, params (int Place, char Symbol)[] slips)
    {
        var symbols = number.ToCharArray();
        Array.ForEach(slips, slip => symbols[slip.Place] = slip.Symbol);
        return new string(symbols);
    }

    [Property]
    public bool A_drawn_number_is_its_own_normal_form() => OrderNumber.Draw() is var number && OrderNumber.Normalize(number.ToLowerInvariant()) == number;
}
