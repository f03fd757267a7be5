using System.Diagnostics;
using Commerce.Catalog.ReadModels;
using Commerce.EventStore;
using Commerce.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Commerce.Catalog.Tests;

[Collection(CatalogShop.Name)]
public sealed class ProductReaderTests(ShopFixture shop)
{
    private const int Many = 100;

    [Fact]
    public async Task Reads_that_come_together_share_statements_and_each_gets_its_own()
    {
        var products = new List<ShopProduct>();
        for (var i = 0; i < 6; i++)
        {
            products.Add(await shop.CreateProductAsync());
        }

        await shop.ReceiveStockAsync(products[0].Sku, 50);
        await shop.SettleAsync();
        var reader = shop.Services.GetRequiredService<ProductReader>();
        using var statements = new Statements();
        var unknown = Enumerable.Range(0, Many - products.Count).Select(_ => Identifiers.Next()).ToList();

        // Nobody is answered before all have asked: where the server answers within the call, every read would be alone.
        await using var holding = new NpgsqlConnection(shop.Database.ConnectionString);
        await holding.OpenAsync();
        await using var transaction = await holding.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("lock table catalog.products in access exclusive mode", holding))
        {
            await hold.ExecuteNonQueryAsync();
        }

        var reads = products.Select(product => product.Id).Concat(unknown).Concat(products.Select(product => product.Id)).Select(id => (Id: id, Read: reader.ReadAsync(id))).ToList();
        await transaction.RollbackAsync();
        foreach (var (id, read) in reads)
        {
            (await read)?.Product.Id.ShouldBe(id);
            (await read is null).ShouldBe(unknown.Contains(id));
        }

        (await reads[0].Read)!.Words[products[0].Sku].ShouldBe("inStock");
        statements.Count.ShouldBeInRange(1, Many / 4);
    }

    [Fact]
    public async Task A_read_alone_is_a_statement_of_its_own_at_once()
    {
        var product = await shop.CreateProductAsync();
        var reader = shop.Services.GetRequiredService<ProductReader>();
        using var statements = new Statements();
        for (var i = 0; i < 3; i++)
        {
            (await reader.ReadAsync(product.Id))!.Product.Slug.ShouldBe(product.Slug);
        }

        statements.Count.ShouldBe(3);
    }

    [Fact]
    public async Task What_was_written_before_the_read_is_in_it_however_many_read_meanwhile()
    {
        var product = await shop.CreateProductAsync();
        var reader = shop.Services.GetRequiredService<ProductReader>();
        using var done = new CancellationTokenSource();
        var others = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                await reader.ReadAsync(product.Id);
            }
        })).ToArray();
        for (var i = 0; i < 30; i++)
        {
            await shop.StaffClient.SendAsync(HttpMethod.Patch, $"/products/{product.Id}", $$"""{"attributes":{"turn":"{{i}}"} }""").JsonAsync();
            (await reader.ReadAsync(product.Id))!.Product.Attributes["turn"].ShouldBe($"{i}");
        }

        await done.CancelAsync();
        await Task.WhenAll(others);
    }

    [Fact]
    public async Task A_failed_statement_is_told_to_all_in_it_and_to_nobody_after()
    {
        await using var own = new ShopFixture();
        await own.InitializeAsync();
        var product = await own.CreateProductAsync();
        var reader = own.Services.GetRequiredService<ProductReader>();
        await RunAsync(own, "alter table catalog.products rename to away");
        var reads = Enumerable.Range(0, 20).Select(i => reader.ReadAsync(i == 0 ? product.Id : Identifiers.Next())).ToList();
        foreach (var read in reads)
        {
            await Should.ThrowAsync<PostgresException>(() => read.WaitAsync(TimeSpan.FromSeconds(20)));
        }

        await RunAsync(own, "alter table catalog.away rename to products");
        (await reader.ReadAsync(product.Id).WaitAsync(TimeSpan.FromSeconds(20))).ShouldNotBeNull();
    }

    private static async Task RunAsync(ShopFixture shop, string sql)
    {
        await using var connection = new NpgsqlConnection(shop.Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Counts the statements of what is called from here.</summary>
    private sealed class Statements : IDisposable
    {
        private readonly Activity _here = new Activity("test").SetIdFormat(ActivityIdFormat.W3C).Start();
        private readonly ActivityListener _listener;
        private int _count;

        public Statements()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "Npgsql",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = activity =>
                {
                    // Opening a physical connection is no statement.
                    if (activity.TraceId == _here.TraceId && (activity.GetTagItem("db.query.text") ?? activity.GetTagItem("db.statement")) is not null)
                    {
                        Interlocked.Increment(ref _count);
                    }
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public int Count => _count;

        public void Dispose()
        {
            _listener.Dispose();
            _here.Dispose();
        }
    }
}
