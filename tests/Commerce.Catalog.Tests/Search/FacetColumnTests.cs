using Commerce.Catalog.Search;

namespace Commerce.Catalog.Tests.Search;

public sealed class FacetColumnTests
{
    // Halves of rare values that look like common ones, and like halves of one another.
    private static readonly int[] Values = [0, 1, 7, 32_767, 32_768, 32_769, 65_535, 65_536, 65_543, 98_304, 98_311, 1 << 20, (1 << 20) + 7, (7 << 16) | 1, (7 << 16) | 7, int.MaxValue - 1, int.MaxValue];

    [Fact]
    public void Values_come_back_and_stand_where_they_were_put()
    {
        var random = new Random(1);
        var documents = Enumerable.Range(0, 3_000).Select(_ => Values.Where(_ => random.Next(4) == 0).Order().ToArray()).ToArray();
        var column = FacetColumn.Of([.. documents.Select(values => (ushort)values.Length)], [.. documents.SelectMany(values => values)]);

        for (var place = 0; place < documents.Length; place++)
        {
            column.ValuesOf(place).ShouldBe(documents[place]);
        }

        foreach (var value in Values.Append(3).Append(98_305))
        {
            column.PlacesOf(value).ShouldBe(Enumerable.Range(0, documents.Length).Where(place => documents[place].Contains(value)).Select(place => (ushort)place), $"{value}");
        }
    }
}
