using System.Net.Http.Json;
using System.Text.Json;
using Commerce.EventStore;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

namespace Commerce.Testing;

/// <summary>
/// The real Host on a database of its own (a copy of one that was migrated once a process) and a Redis prefix of its own. As a class or collection
/// fixture its tests share the shop, so each takes SKUs and e-mail addresses of its own.
/// </summary>
public class ShopFixture : IAsyncLifetime, IAsyncDisposable
{
    /// <summary>The staff key with every scope.</summary>
    public const string BootstrapKey = "test-bootstrap-key-with-every-scope";

    private readonly List<HttpClient> _clients = [];
    private WebApplicationFactory<Program>? _factory;
    private Dictionary<string, string> _settings = [];

    /// <summary>The database of this shop.</summary>
    public TestDatabase Database { get; private set; } = null!;

    /// <summary>Nobody in particular.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>The staff, with every scope.</summary>
    public HttpClient StaffClient { get; private set; } = null!;

    /// <summary>The running Host's services.</summary>
    public IServiceProvider Services => Factory.Services;

    /// <summary>The running Host.</summary>
    public WebApplicationFactory<Program> Factory => _factory ?? throw new InvalidOperationException("The shop has not been opened.");

    /// <summary>The registered events and aggregates.</summary>
    public IEventStore Store => Services.GetRequiredService<IEventStore>();

    /// <summary>Settings beyond the usual ones, for fixtures that need a shop of another kind.</summary>
    protected virtual IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>();

    /// <summary>Services that a fixture replaces, such as the clock.</summary>
    protected virtual void Configure(IServiceCollection services)
    {
    }

    /// <inheritdoc />
    public virtual async Task InitializeAsync()
    {
        Database = await TestPostgres.CreateDatabaseAsync("shop", MigrateAsync);
        await OpenAsync();
    }

    /// <inheritdoc />
    public virtual async Task DisposeAsync()
    {
        await CloseAsync();
        await Database.DisposeAsync();
    }

    /// <inheritdoc />
    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>A further client; disposed with the shop.</summary>
    /// <param name="apiKey">Its key, or null for a guest.</param>
    /// <param name="bearer">Its access token, or null.</param>
    public HttpClient NewClient(string? apiKey = null, string? bearer = null)
    {
        var client = Factory.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false, HandleCookies = false });
        if (apiKey is not null)
        {
            client.DefaultRequestHeaders.Add("X-Api-Key", apiKey);
        }

        if (bearer is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", bearer);
        }

        _clients.Add(client);
        return client;
    }

    /// <summary>One more Host on the same database and Redis, as a second process would be. Disposed by the caller.</summary>
    /// <param name="settings">Settings in which it differs.</param>
    public WebApplicationFactory<Program> OpenPeer(params (string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string>(_settings);
        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        return new ShopFactory(all, Configure);
    }

    /// <summary>Ends the process's Host and starts another one on the same database: what is only in memory is lost.</summary>
    public async Task RestartAsync()
    {
        await CloseAsync();
        await OpenAsync();
    }

    /// <summary>Waits until every asynchronous read model has seen a write.</summary>
    public async Task SettleAsync(HttpResponseMessage write)
    {
        var token = write.Headers.GetValues("X-Consistency-Token").Single();
        Assert.True(EventPosition.TryParse(token, out var position));
        await SettleAsync(position);
    }

    /// <summary>Waits until every asynchronous read model has seen everything that was committed until now, reactions to it included.</summary>
    public async Task SettleAsync()
    {
        var settled = EventPosition.Start;
        // Asked of the table itself: the log ends at the horizon, and an open transaction of anybody holds that back.
        while (await LastAsync() is var last && last > settled)
        {
            await SettleAsync(last);
            // A reaction may have written further events: look again until nothing came.
            settled = last;
        }
    }

    /// <summary>An active product with one variant.</summary>
    public async Task<ShopProduct> CreateProductAsync(
        string? name = null, string? sku = null, string amount = "39.90", string currency = "USD", IReadOnlyDictionary<string, string>? attributes = null, IReadOnlyList<Guid>? categoryIds = null)
    {
        sku ??= NewSku();
        name ??= $"Thing {sku}";
        using var created = await StaffClient.PostAsJsonAsync("/api/v1/products", new
        {
            translations = new Dictionary<string, object> { ["en"] = new { name } },
            categoryIds = categoryIds ?? [],
            attributes = attributes ?? new Dictionary<string, string> { ["brand"] = "Acme" },
            variants = new[] { new { sku, options = new Dictionary<string, string>(), price = new { amount, currency } } },
        });
        var product = await JsonAsync(created, 201);
        var id = product.GetProperty("id").GetGuid();
        using var published = await StaffClient.PostAsync(new Uri($"/api/v1/products/{id}/publish", UriKind.Relative), null);
        Assert.True(published.IsSuccessStatusCode, await published.Content.ReadAsStringAsync());
        return new ShopProduct(id, product.GetProperty("slug").GetString()!, sku, name, published.Headers.GetValues("X-Consistency-Token").Single());
    }

    /// <summary>Takes stock in.</summary>
    public async Task ReceiveStockAsync(string sku, int quantity)
    {
        using var received = await StaffClient.PostAsJsonAsync("/api/v1/inventory/receipts", new { lines = new[] { new { sku, quantity } } });
        Assert.True(received.IsSuccessStatusCode, await received.Content.ReadAsStringAsync());
    }

    /// <summary>An active product with stock.</summary>
    public async Task<ShopProduct> StockProductAsync(int quantity, string? name = null, string amount = "39.90", string currency = "USD")
    {
        var product = await CreateProductAsync(name, amount: amount, currency: currency);
        await ReceiveStockAsync(product.Sku, quantity);
        return product;
    }

    /// <summary>Tries to place a guest's order, whatever comes of it.</summary>
    public Task<HttpResponseMessage> TryOrderAsync(string sku, int quantity = 1, string? idempotencyKey = null, HttpClient? client = null, string currency = "USD") =>
        TryOrderAsync([(sku, quantity)], idempotencyKey, client, currency);

    /// <summary>Tries to place an order of several lines.</summary>
    public async Task<HttpResponseMessage> TryOrderAsync(
        IReadOnlyList<(string Sku, int Quantity)> lines, string? idempotencyKey = null, HttpClient? client = null, string currency = "USD")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/orders")
        {
            Content = JsonContent.Create(OrderBody(lines, currency)),
        };
        request.Headers.Add("Idempotency-Key", idempotencyKey ?? Identifiers.Next().ToString());
        return await (client ?? Client).SendAsync(request);
    }

    /// <summary>Places a guest's order.</summary>
    public async Task<JsonElement> PlaceOrderAsync(params (string Sku, int Quantity)[] lines)
    {
        using var placed = await TryOrderAsync(lines);
        return await JsonAsync(placed, 201);
    }

    /// <summary>The body of <c>POST /orders</c>.</summary>
    public static object OrderBody(IReadOnlyList<(string Sku, int Quantity)> lines, string currency = "USD") => new
    {
        lines = lines.Select(line => new { sku = line.Sku, quantity = line.Quantity }),
        email = "shopper@example.com",
        shippingAddress = new { name = "Kim Shopper", line1 = "1 Main Street", city = "Springfield", region = "IL", postalCode = "62701", country = "US" },
        currency,
        payment = new { method = "manual" },
    };

    /// <summary>The JSON of an answer that must have this status.</summary>
    public static async Task<JsonElement> JsonAsync(HttpResponseMessage answer, int status)
    {
        ArgumentNullException.ThrowIfNull(answer);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == status, $"Expected {status}, got {(int)answer.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>A SKU that no other test has.</summary>
    public static string NewSku() => "T-" + Identifiers.Next().ToString("N")[^12..];

    private async Task SettleAsync(EventPosition position)
    {
        var progress = Services.GetRequiredService<IProjectionProgress>();
        var names = progress.All.Where(status => status.State != "inline").Select(status => status.Name).ToList();
        Assert.True(await progress.WaitAsync(names, position, TimeSpan.FromSeconds(20), CancellationToken.None), "The read models did not settle.");
    }

    private async Task<EventPosition> LastAsync()
    {
        await using var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select commerce_tx, seq_id from events.mt_events order by commerce_tx desc, seq_id desc limit 1", connection);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() ? new EventPosition(reader.GetInt64(0), reader.GetInt64(1)) : EventPosition.Start;
    }

    private async Task OpenAsync()
    {
        var (redis, prefix) = await TestRedis.ShareAsync();
        _settings = new Dictionary<string, string>
        {
            ["ConnectionStrings:Postgres"] = Database.ConnectionString,
            ["ConnectionStrings:Redis"] = redis,
            ["Cache:RedisPrefix"] = prefix,
            // What is to be sent is taken down; a test that wants letters sends them itself.
            ["Messages:Sends"] = "false",
        };
        foreach (var (name, value) in Settings)
        {
            _settings[name] = value;
        }

        _factory = new ShopFactory(_settings, Configure);
        Client = NewClient();
        StaffClient = NewClient(BootstrapKey);
    }

    private async Task CloseAsync()
    {
        _clients.ForEach(client => client.Dispose());
        _clients.Clear();
        if (_factory is not null)
        {
            await _factory.DisposeAsync();
        }
    }

    private static async Task MigrateAsync(string connectionString)
    {
        await using var factory = new ShopFactory(new Dictionary<string, string>
        {
            ["ConnectionStrings:Postgres"] = connectionString,
            ["EventStore:RunSubscriptions"] = "false",
        }, _ => { });
        using var client = factory.CreateClient();
    }

    private sealed class ShopFactory(IReadOnlyDictionary<string, string> settings, Action<IServiceCollection> configure) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseSetting("COMMERCE_BOOTSTRAP_API_KEY", BootstrapKey);
            builder.UseSetting("no-sample", "true");
            foreach (var (name, value) in settings)
            {
                builder.UseSetting(name, value);
            }

            builder.ConfigureServices(configure);
        }
    }
}

/// <summary>A product that a test made.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Slug">Its slug.</param>
/// <param name="Sku">The SKU of its one variant.</param>
/// <param name="Name">Its name.</param>
/// <param name="Token">The consistency token of its publication.</param>
public sealed record ShopProduct(Guid Id, string Slug, string Sku, string Name, string Token);
