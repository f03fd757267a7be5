using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.Testing;
using Npgsql;

namespace Commerce.Host.Tests;

/// <summary>One wish, sent fifty times at once to two real processes, while Redis forgets everything and one of the two is killed.</summary>
public sealed class OneKeyTests : IAsyncLifetime
{
    private const int Requests = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("commerce-one-key-").FullName;
    private TestDatabase _database = null!;
    private TestRedis _redis = null!;
    private RealHost _killed = null!;
    private RealHost _stays = null!;

    public async Task InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        _redis = await TestRedis.StartAsync();
        _killed = await StartAsync();
        _stays = await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _stays.DisposeAsync();
        await _redis.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Fifty_requests_with_one_key_are_one_order_and_one_answer_though_Redis_is_flushed_and_a_Host_killed()
    {
        var sku = await StockAsync(Requests);
        var (key, body) = (Identifiers.Next().ToString(), JsonSerializer.SerializeToUtf8Bytes(ShopFixture.OrderBody([(sku, 1)], "USD")));
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var all = Enumerable.Range(0, Requests).Select(number => AskAsync(number % 2 == 0 ? _killed : _stays, key, body, patience.Token)).ToList();

        // Somebody has an answer, many have none yet.
        await Task.WhenAny(all);
        await Task.WhenAll(_redis.FlushAsync(patience.Token), _killed.KillAsync());
        var first = await Task.WhenAll(all);
        var later = await AskAsync(_stays, key, body, patience.Token);

        foreach (var (status, answer) in first.Append(later))
        {
            status.ShouldBe(HttpStatusCode.Created);
            answer.AsSpan().SequenceEqual(first[0].Answer).ShouldBeTrue("every caller gets the same bytes");
        }

        (await NumberAsync("select count(*) from events.mt_events where type = 'order_placed'")).ShouldBe(1);
        (await NumberAsync("select count(*) from events.mt_events where type = 'stock_allocated'")).ShouldBe(1);
        (await NumberAsync("select reserved from inventory.stock_levels")).ShouldBe(1);
        (await NumberAsync("select count(*) from orders.orders")).ShouldBe(1);
    }

    private Task<RealHost> StartAsync() => RealHost.StartAsync(_folder, _database.ConnectionString, ("ConnectionStrings__Redis", _redis.ConnectionString));

    /// <summary>As a careful client: the same request again, where somebody answers, until there is an outcome.</summary>
    private async Task<(HttpStatusCode Status, byte[] Answer)> AskAsync(RealHost host, string key, byte[] body, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                using var request = Request("/api/v1/orders", key, new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } });
                using var answer = await host.Http.SendAsync(request, cancellationToken);
                if (answer.StatusCode != HttpStatusCode.ServiceUnavailable)
                {
                    return (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(cancellationToken));
                }
            }
            catch (Exception away) when (away is HttpRequestException or IOException or ObjectDisposedException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
            {
                host = _stays;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async Task<string> StockAsync(int quantity)
    {
        var sku = ShopFixture.NewSku();
        var product = await SendAsync("/api/v1/products", new
        {
            translations = new Dictionary<string, object> { ["en"] = new { name = "Thing" } }, categoryIds = Array.Empty<Guid>(), attributes = new Dictionary<string, string>(),
            variants = new[] { new { sku, options = new Dictionary<string, string>(), price = new { amount = "40.00", currency = "USD" } } },
        }, 201);
        await SendAsync($"/api/v1/products/{product.GetProperty("id").GetGuid()}/publish", new { }, 200);
        await SendAsync("/api/v1/inventory/receipts", new { lines = new[] { new { sku, quantity } } }, 201);
        return sku;
    }

    private async Task<JsonElement> SendAsync(string path, object body, int status)
    {
        using var request = Request(path, Identifiers.Next().ToString(), JsonContent.Create(body));
        request.Headers.Add("X-Api-Key", RealHost.StaffKey);
        using var answer = await _stays.Http.SendAsync(request);
        return await ShopFixture.JsonAsync(answer, status);
    }

    private static HttpRequestMessage Request(string path, string key, HttpContent body) => new(HttpMethod.Post, path) { Content = body, Headers = { { "Idempotency-Key", key } } };

    private async Task<long> NumberAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
