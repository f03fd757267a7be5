using Commerce.Catalog.Search;
using Commerce.EventStore;
using Commerce.Orders.Contracts;
using Commerce.ReadModels;
using Commerce.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Commerce.Catalog.Tests.Search;

/// <summary>Orders are written once a page and counted now and then; what hosts remember is the plain count at any moment.</summary>
public sealed class PopularityTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    private readonly Dictionary<Guid, int> _expected = [];

    [Fact]
    public async Task Hosts_know_every_order_whether_it_is_counted_or_not()
    {
        var products = new List<ShopProduct>();
        for (var i = 0; i < 4; i++)
        {
            products.Add(await shop.CreateProductAsync($"Lamp {i}"));
        }

        await shop.SettleAsync();
        using var following = NewMemory();
        using var behind = NewMemory();
        await ShouldKnowAsync(following, products);
        await ShouldKnowAsync(behind, products);

        var random = new Random(7);
        for (var page = 1; page <= (2 * IndexWriter.FoldAfter) + 40; page++)
        {
            await OrderAsync([.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => products[random.Next(products.Count)].Id)]);
            if (page % 50 == 0)
            {
                await ShouldKnowAsync(following, products);
            }

            if (page == IndexWriter.FoldAfter + 10)
            {
                // Its words change: the document that comes instead is as popular.
                await shop.StaffClient.SendAsync(HttpMethod.Patch, $"/products/{products[0].Id}", """{"translations":{"en":{"name":"Torch"}}}""").JsonAsync();
                await shop.SettleAsync();
                await ShouldKnowAsync(following, products);
            }
        }

        // Pages that this one has not seen are gone: it begins anew. So does a host that starts.
        await ShouldKnowAsync(following, products);
        await ShouldKnowAsync(behind, products);
        using var fresh = NewMemory();
        await ShouldKnowAsync(fresh, products);
        (await ScalarAsync("select count(*) from catalog.search_orders")).ShouldBeLessThanOrEqualTo(2 * IndexWriter.FoldAfter);
    }

    [Fact]
    public async Task What_is_ordered_comes_first_at_once()
    {
        var (first, second) = (await shop.StockProductAsync(10, "Garden chair"), await shop.StockProductAsync(10, "Garden table"));
        await shop.PlaceOrderAsync((first.Sku, 1));
        await shop.SettleAsync();
        (await NamesAsync()).ShouldBe(["Garden chair", "Garden table"]);
        await shop.PlaceOrderAsync((second.Sku, 1));
        await shop.PlaceOrderAsync((second.Sku, 1));
        await shop.SettleAsync();
        (await NamesAsync()).ShouldBe(["Garden table", "Garden chair"]);

        async Task<string[]> NamesAsync()
        {
            var page = await shop.Client.GetPathAsync("/search?q=garden&sort=popular").JsonAsync();
            return [.. page.GetProperty("items").EnumerateArray().Select(item => item.Text("name"))];
        }
    }

    private SearchMemory NewMemory() => new(shop.Services.GetRequiredService<ModuleDatabase<CatalogDatabase>>(), Options.Create(new CatalogOptions()));

    private async Task ShouldKnowAsync(SearchMemory memory, List<ShopProduct> products)
    {
        var (snapshot, _) = await memory.NowAsync(await shop.Services.GetRequiredService<SearchStates>().StateAsync(CancellationToken.None), CancellationToken.None);
        products.Select(product => snapshot.Live.Popularity(snapshot.DocumentOf(product.Id)!.Value)).ShouldBe(products.Select(product => (float)_expected.GetValueOrDefault(product.Id)));
    }

    private async Task OrderAsync(Guid[] products)
    {
        foreach (var product in products)
        {
            _expected[product] = _expected.GetValueOrDefault(product) + 1;
        }

        await using var connection = await OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var order = new OrderPlacedAnnouncement(Guid.Empty, null, null, [.. products.Select(product => new OrderedLine("SKU", product, 3))], DateTimeOffset.UnixEpoch);
        await new SearchProjection().HandleAsync([new Delivered(null!, order)], connection, transaction, CancellationToken.None);
        await transaction.CommitAsync();
    }

    private async Task<long> ScalarAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(shop.Database.ConnectionString);
        await connection.OpenAsync();
        await using var path = new NpgsqlCommand("set search_path = catalog, public", connection);
        await path.ExecuteNonQueryAsync();
        return connection;
    }
}
