using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Commerce.Inventory;
using Commerce.Payments;
using Commerce.Pricing;
using Commerce.ReadModels;
using Commerce.Testing;
using Commerce.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Commerce.Orders.Tests.Shop;

/// <summary>
/// This module and the real inventory over a real PostgreSQL and real sockets. Prices and callers are the test's to set, because the catalog and the
/// identity module have tests of their own.
/// </summary>
public sealed class OrdersShop : IAsyncLifetime
{
    private TestDatabase? _database;
    private WebApplication? _app;
    private bool _isBeside;

    /// <summary>What the shop asks for its goods.</summary>
    internal PriceList Prices { get; private init; } = new();

    /// <summary>Nobody in particular.</summary>
    public HttpClient Guest { get; private set; } = null!;

    /// <summary>Staff with every scope of orders and inventory.</summary>
    public HttpClient Staff { get; private set; } = null!;

    /// <summary>The host's services.</summary>
    public IServiceProvider Services => _app!.Services;

    /// <summary>Connects as the superuser.</summary>
    public string ConnectionString => _database!.ConnectionString;

    /// <summary>Another host of a shop, on the same database.</summary>
    public static async Task<OrdersShop> BesideAsync(OrdersShop other)
    {
        var host = new OrdersShop { Prices = other.Prices, _database = other._database, _isBeside = true };
        await host.InitializeAsync();
        return host;
    }

    public async Task InitializeAsync()
    {
        _database ??= await TestPostgres.CreateDatabaseAsync();
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Postgres"] = _database.ConnectionString,
        });
        builder.Services.AddAuthentication(TestCallers.Scheme).AddScheme<AuthenticationSchemeOptions, TestCallers>(TestCallers.Scheme, null);
        builder.Services.AddAuthorization();
        builder.Services.AddEventStore(_ => { });
        builder.Services.AddReadModels(builder.Configuration);
        builder.Services.AddCommerceWeb(builder.Configuration);
        builder.Services.AddInventory();
        builder.Services.AddPricing();
        builder.Services.AddOrders();
        builder.Services.AddSingleton<ICategoryBranches, NoCategories>();
        builder.Services.AddPayments(builder.Configuration);
        builder.Services.AddSingleton<IPriceBook>(Prices);
        _app = builder.Build();
        await _app.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(CancellationToken.None);
        await _app.Services.GetRequiredService<PostgresEventStore>().PrepareAsync(CancellationToken.None);
        _app.UseProblemDetails();
        _app.UseRouting();
        _app.UseAuthentication();
        _app.UseAuthorization();
        _app.UseCallContext();
        _app.MapGroup("/api/v1").Guarded().MapInventory().MapPricing().MapOrders();
        await _app.StartAsync();
        Guest = Client(null);
        Staff = Client("staff orders:read orders:write inventory:read inventory:write catalog:read catalog:write");
        await ConfigureAsync("shipping-methods/express", new { label = "Express", position = 1, rates = new[] { new { price = new { amount = "9.90", currency = "USD" } } } });
        await ConfigureAsync("tax-tables/DE", new { rates = new[] { new { @class = "standard", rate = 0.19m } } });
    }

    public async Task DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
        }

        if (_database is not null && !_isBeside)
        {
            await _database.DisposeAsync();
        }
    }

    /// <summary>A signed-in customer.</summary>
    public HttpClient Customer(Guid id) => Client($"customer {id}");

    /// <summary>A fresh SKU at a price, with stock.</summary>
    public async Task<string> SkuAsync(decimal amount = 10m, int stock = 100, string currency = "USD")
    {
        var sku = $"SKU-{Identifiers.Next():N}";
        Prices.Set(sku, amount, currency);
        if (stock > 0)
        {
            using var received = await Staff.PostJsonAsync("inventory/receipts", new { lines = new[] { new { sku, quantity = stock } } });
            received.IsSuccessStatusCode.ShouldBeTrue(await received.Content.ReadAsStringAsync());
        }

        return sku;
    }

    /// <summary>Units of a SKU that can be sold.</summary>
    public async Task<int> AvailableAsync(string sku)
    {
        using var response = await Staff.GetAsync(new Uri($"inventory/{sku}", UriKind.Relative));
        return (await response.JsonAsync()).Int("available");
    }

    /// <summary>Sets a rule of shipping, tax or discounts.</summary>
    public async Task ConfigureAsync(string path, object rule)
    {
        using var response = await Staff.PutJsonAsync(path, rule);
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
    }

    private HttpClient Client(string? caller)
    {
        var client = new HttpClient { BaseAddress = new Uri($"{_app!.Urls.First()}/api/v1/") };
        if (caller is not null)
        {
            client.DefaultRequestHeaders.Add(TestCallers.Header, caller);
        }

        return client;
    }
}

/// <summary>A shop without categories.</summary>
internal sealed class NoCategories : ICategoryBranches
{
    public ValueTask<IReadOnlyList<Guid>> IdsAsync(string idOrSlug, CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<Guid>>([]);
}

/// <summary>Prices by SKU and currency.</summary>
internal sealed class PriceList : IPriceBook
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<(string Sku, string Currency), SkuOffer> _offers = new();

    public void Set(string sku, decimal amount, string currency) =>
        _offers[(sku, currency)] = new SkuOffer(sku, Scenarios.ProductId, $"Name of {sku}", amount, currency);

    public void Withdraw(string sku, string currency) => _offers.TryRemove((sku, currency), out _);

    public ValueTask<IReadOnlyDictionary<string, SkuOffer>> OffersAsync(
        IReadOnlyList<SkuQuantity> lines, string currency, string? customerGroup, string locale, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyDictionary<string, SkuOffer>>(lines.Select(line => line.Sku).Distinct(StringComparer.Ordinal)
            .Where(sku => _offers.ContainsKey((sku, currency))).ToDictionary(sku => sku, sku => _offers[(sku, currency)], StringComparer.Ordinal));
}
