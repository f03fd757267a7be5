using System.IO.Compression;
using System.Text;
using Commerce.Cli.Import;

namespace Commerce.Cli.Tests;

public sealed class ImportTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("commerce-test-import-");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Baskets_become_products_stock_and_one_order_each_and_a_second_run_changes_nothing()
    {
        await using var shop = new FakeShop();
        await shop.StartAsync();
        var baskets = WriteBaskets(200);

        (await ImportBasketsAsync(shop, baskets)).ShouldBe(0);

        shop.OrdersPlaced.ShouldBe(200);
        shop.KeySeen.ShouldBe("secret");
        shop.Products.Keys.ShouldBe(["groceries-fruit-vegetable-juice", "groceries-uht-milk", "groceries-whole-milk"], ignoreOrder: true);
        shop.Products["groceries-whole-milk"].GetProperty("attributes").GetProperty("department").GetString().ShouldBe("fresh products");
        shop.Stock.Values.ShouldAllBe(left => left == 0);

        (await ImportBasketsAsync(shop, baskets)).ShouldBe(0);

        shop.OrdersPlaced.ShouldBe(200);
        shop.Stock.Values.ShouldAllBe(left => left == 0);
    }

    [Fact]
    public async Task A_host_that_is_killed_on_the_way_loses_no_basket_and_takes_none_twice()
    {
        await using var shop = new FakeShop { LosesAnswers = true };
        await shop.StartAsync();
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        shop.OnOrder = placed =>
        {
            if (placed == 150)
            {
                reached.TrySetResult();
            }
        };

        var import = ImportBasketsAsync(shop, WriteBaskets(500));
        await Task.WhenAny(reached.Task, import);
        await shop.KillAsync();
        await Task.Delay(700);
        await shop.StartAsync();

        (await import).ShouldBe(0);
        shop.OrdersPlaced.ShouldBe(500);
        shop.Stock.Values.ShouldAllBe(left => left == 0);
    }

    [Fact]
    public async Task A_host_that_never_answers_ends_the_import_with_advice()
    {
        using var connection = new ShopConnection(() => (new Uri("http://127.0.0.1:9/"), null), 4, TimeSpan.FromMilliseconds(300));

        var refusal = await Should.ThrowAsync<ImportException>(
            () => new BasketImport(connection, 4).RunAsync(WriteBaskets(3), int.MaxValue, CancellationToken.None));

        refusal.Message.ShouldContain("run the import again");
    }

    [Fact]
    public async Task The_icecat_catalogue_becomes_rows_with_brand_price_and_barcode()
    {
        await using var shop = new FakeShop { ForgetsFirstJob = true };
        await shop.StartAsync();
        var path = Path.Combine(folder.FullName, "products.jsonl.gz");
        await using (var file = new GZipStream(File.Create(path), CompressionLevel.Fastest))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes("""
                {"id": "39", "name": "R1", "title": "Xerox toner", "ean": ["0095205603217", "1"], "short_description": "Toner", "supplier": "Xerox", "price": 4905, "attr_b_colour": true, "attr_b_touch": false, "attr_t_processor_family__x_": "A", "attr_t_type": "Original", "attr_n_weight": 6.0}

                """));
        }

        using var connection = Connect(shop);
        (await new ProductImport(connection).RunAsync(path, null, null, CancellationToken.None)).ShouldBe(0);

        var row = shop.Products["icecat-39"];
        row.GetProperty("translations").GetProperty("en").GetProperty("name").GetString().ShouldBe("Xerox toner");
        row.GetProperty("status").GetString().ShouldBe("active");
        row.GetProperty("attributes").GetRawText().ShouldBe("""{"brand":"Xerox","partNumber":"R1","type":"Original","weight":"6","colour":"yes"}""");
        var variant = row.GetProperty("variants")[0];
        variant.GetProperty("price").GetRawText().ShouldBe("""{"amount":"49.05","currency":"USD"}""");
        variant.GetProperty("barcode").GetString().ShouldBe("0095205603217");
    }

    [Fact]
    public async Task A_job_is_watched_as_it_goes_and_watched_again_when_the_connection_breaks()
    {
        await using var shop = new FakeShop { JobsAreWatched = true };
        await shop.StartAsync();
        var path = Path.Combine(folder.FullName, "rows.ndjson");
        await File.WriteAllLinesAsync(path, Enumerable.Range(0, 40).Select(row => $$"""{"variants":[{"sku":"row-{{row}}"}]}"""));

        using var connection = Connect(shop);
        (await new ProductImport(connection).RunAsync(path, null, null, CancellationToken.None)).ShouldBe(0);

        shop.Products.Count.ShouldBe(40);
        shop.Watched.ShouldBe(2);
        shop.Asked.ShouldBeLessThanOrEqualTo(4, "who watches need not ask");
    }

    [Fact]
    public async Task The_sample_brings_its_categories_and_its_stock()
    {
        await using var shop = new FakeShop();
        await shop.StartAsync();
        var samples = Path.Combine(HostLocation.Repository()!, "samples");
        using var connection = Connect(shop);

        var code = await new ProductImport(connection).RunAsync(
            Path.Combine(samples, "products.ndjson.gz"), Path.Combine(samples, "categories.ndjson"), Path.Combine(samples, "stock.csv"), CancellationToken.None);

        code.ShouldBe(0);
        shop.Products.Count.ShouldBe(2560);
        shop.Stock.Count.ShouldBe(2560);
        shop.Categories["laptops"].ShouldBe("id-of-laptops-below-id-of-computers-below-id-of-electronics");
        var filed = shop.Products.Values.Select(product => product.GetProperty("categories")[0].GetString()!).ToHashSet();
        filed.ShouldBeSubsetOf(shop.Categories.Keys);
        shop.Products.Values.ShouldAllBe(product => product.GetProperty("translations").GetProperty("ko").GetProperty("name").GetString()!.Length > 3);
    }

    [Theory]
    [InlineData("a,b", new[] { "a", "b" })]
    [InlineData("\"a,b\",\"c \"\"d\"\"\",", new[] { "a,b", "c \"d\"", "" })]
    public void Csv_fields_may_be_quoted(string line, string[] fields) => CsvLine.Split(line).ShouldBe(fields);

    private static ShopConnection Connect(FakeShop shop) =>
        new(() => (shop.Address, "secret"), 8, TimeSpan.FromMinutes(1));

    private static async Task<int> ImportBasketsAsync(FakeShop shop, string path)
    {
        using var connection = Connect(shop);
        return await new BasketImport(connection, 8).RunAsync(path, int.MaxValue, CancellationToken.None);
    }

    private string WriteBaskets(int count)
    {
        File.WriteAllText(
            Path.Combine(folder.FullName, "items.csv"),
            "item,code,level2,level1,german\nwhole milk,1,dairy produce,fresh products,X\nUHT-milk,2,dairy produce,fresh products,X\n");
        var path = Path.Combine(folder.FullName, "baskets.csv");
        string[] kinds = ["whole milk", "whole milk,UHT-milk", "fruit/vegetable juice,whole milk"];
        File.WriteAllLines(path, Enumerable.Range(0, count).Select(index => kinds[index % kinds.Length]));
        return path;
    }
}
