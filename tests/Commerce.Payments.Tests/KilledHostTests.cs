using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.Testing;
using Npgsql;

namespace Commerce.Payments.Tests;

/// <summary>
/// A real Host process is killed with SIGKILL after the provider has moved the money and before the shop has written it down. Another process, started on
/// the same database, settles everything with nobody's help.
/// </summary>
public sealed class KilledHostTests : IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("commerce-killed-host-").FullName;
    private TestDatabase _database = null!;
    private RealHost? _host;

    public async Task InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        _host = await RealHost.StartAsync(_folder, _database.ConnectionString, ("Payments__Sandbox__Enabled", "true"));
    }

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_Host_killed_between_the_capture_and_its_record_leaves_nothing_open()
    {
        // One order will stand when the new process comes up, the other will have been cancelled meanwhile: its money has to go back.
        var (stands, given) = (await PlaceAsync(), await PlaceAsync());
        await UntilAsync("select count(*) from events.mt_events where type = 'order_confirmed'", 2);
        foreach (var order in (Guid[])[stands, given])
        {
            _ = SendAsync($"/api/v1/orders/{order}/payments/capture", new { });
        }

        // The bank has both captures, its answers are under way, and the shop knows nothing of them.
        await UntilAsync("select count(*) from payments.sandbox_authorizations where captured = 40", 2);
        (await NumberAsync("select count(*) from events.mt_events where type = 'payment_captured'")).ShouldBe(0);
        using var cancelled = await SendAsync($"/api/v1/orders/{given}/cancel", new { });
        cancelled.StatusCode.ShouldBe(HttpStatusCode.OK);
        await _host!.KillAsync();
        (await NumberAsync("select count(*) from events.mt_events where type = 'payment_captured'")).ShouldBe(0);

        _host = await RealHost.StartAsync(_folder, _database.ConnectionString, ("Payments__Sandbox__Enabled", "true"));
        var started = Stopwatch.GetTimestamp();
        await UntilAsync("select count(*) from events.mt_events where type = 'payment_captured'", 2);
        await UntilAsync("select count(*) from events.mt_events where type = 'payment_refunded'", 1);
        await UntilAsync("select case when count(*) = 0 then 1 else 0 end from payments.calls where is_open", 1);
        Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Minute);

        var kept = await OrderAsync(stands);
        (kept.Status(), kept.PaymentStatus(), kept.Money("captured")).ShouldBe(("confirmed", "captured", "40.00"));
        var back = await OrderAsync(given);
        (back.Status(), back.PaymentStatus(), back.Money("refunded")).ShouldBe(("cancelled", "refunded", "40.00"));
        (await NumberAsync("select sum(captured) from payments.sandbox_authorizations")).ShouldBe(80);
        (await NumberAsync("select sum(refunded) from payments.sandbox_authorizations")).ShouldBe(40);
    }

    private async Task<Guid> PlaceAsync()
    {
        var sku = ShopFixture.NewSku();
        using var product = await SendAsync("/api/v1/products", new
        {
            translations = new Dictionary<string, object> { ["en"] = new { name = "Thing" } }, categoryIds = Array.Empty<Guid>(), attributes = new Dictionary<string, string>(),
            variants = new[] { new { sku, options = new Dictionary<string, string>(), price = new { amount = "40.00", currency = "USD" } } },
        });
        var id = (await ShopFixture.JsonAsync(product, 201)).GetProperty("id").GetGuid();
        using var published = await SendAsync($"/api/v1/products/{id}/publish", new { });
        published.IsSuccessStatusCode.ShouldBeTrue();
        using var received = await SendAsync("/api/v1/inventory/receipts", new { lines = new[] { new { sku, quantity = 1 } } });
        received.IsSuccessStatusCode.ShouldBeTrue();
        using var placed = await SendAsync("/api/v1/orders", new
        {
            lines = new[] { new { sku, quantity = 1 } }, currency = "USD",
            shippingAddress = new { name = "Kim", line1 = "1 Main Street", city = "Springfield", postalCode = "62701", country = "US" },
            payment = new { method = "sandbox", token = "tok_capture_slow+tok_webhook_never" },
        });
        return (await ShopFixture.JsonAsync(placed, 201)).GetProperty("id").GetGuid();
    }

    private async Task<HttpResponseMessage> SendAsync(string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("X-Api-Key", RealHost.StaffKey);
        request.Headers.Add("Idempotency-Key", Identifiers.Next().ToString());
        return await _host!.Http.SendAsync(request);
    }

    private async Task<JsonElement> OrderAsync(Guid id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/orders/{id}");
        request.Headers.Add("X-Api-Key", RealHost.StaffKey);
        using var answer = await _host!.Http.SendAsync(request);
        return await ShopFixture.JsonAsync(answer, 200);
    }

    private async Task UntilAsync(string sql, decimal number)
    {
        var started = Stopwatch.GetTimestamp();
        while (await NumberAsync(sql) < number)
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(Minute, $"{sql}\n{await HistoryAsync()}");
            await Task.Delay(20);
        }
    }

    private async Task<string> HistoryAsync()
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select string_agg(stream_id || ' ' || type || ' ' || data, E'\n' order by seq_id) from events.mt_events where type like '%payment%' or type like 'order%'", connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private async Task<decimal> NumberAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToDecimal(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }
}
