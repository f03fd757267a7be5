using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
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
    private const string StaffKey = "test-bootstrap-key-with-every-scope";
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("commerce-killed-host-").FullName;
    private TestDatabase _database = null!;
    private RealHost? _host;

    public async Task InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        _host = await RealHost.StartAsync(_folder, _database.ConnectionString);
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

        _host = await RealHost.StartAsync(_folder, _database.ConnectionString);
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
        request.Headers.Add("X-Api-Key", StaffKey);
        request.Headers.Add("Idempotency-Key", Identifiers.Next().ToString());
        return await _host!.Http.SendAsync(request);
    }

    private async Task<JsonElement> OrderAsync(Guid id)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/orders/{id}");
        request.Headers.Add("X-Api-Key", StaffKey);
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

    /// <summary>The Host in a process of its own. It ends with this process, however this one ends.</summary>
    private sealed class RealHost : IAsyncDisposable
    {
        // The shell waits for its input to close, which happens when we close it, end or are killed.
        private const string Script = """log=$1; shift; "$@" >>"$log" 2>&1 </dev/null & echo $!; cat >/dev/null; kill -9 $! 2>/dev/null""";

        private readonly Process _shell;
        private readonly int _id;

        private RealHost(Process shell, int id, int port)
        {
            (_shell, _id) = (shell, id);
            Http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = Minute };
        }

        public HttpClient Http { get; }

        public static async Task<RealHost> StartAsync(string folder, string connectionString)
        {
            var (port, log) = (FreePort(), Path.Combine(folder, "host.log"));
            var start = new ProcessStartInfo("sh") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false, WorkingDirectory = folder };
            foreach (var argument in (string[])[
                "-c", Script, "host", log, "dotnet", Path.Combine(AppContext.BaseDirectory, "Commerce.Host.dll"),
                "--port", port.ToString(CultureInfo.InvariantCulture), "--no-sample", "--data", folder])
            {
                start.ArgumentList.Add(argument);
            }

            start.Environment["ConnectionStrings__Postgres"] = connectionString;
            start.Environment["COMMERCE_BOOTSTRAP_API_KEY"] = StaffKey;
            start.Environment["Payments__Sandbox__Enabled"] = "true";
            var shell = Process.Start(start)!;
            var host = new RealHost(shell, int.Parse((await shell.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture), port);
            var started = Stopwatch.GetTimestamp();
            while (!await host.IsReadyAsync())
            {
                if (Stopwatch.GetElapsedTime(started) > Minute)
                {
                    await host.DisposeAsync();
                    Assert.Fail($"The Host did not start:\n{await File.ReadAllTextAsync(log)}");
                }

                await Task.Delay(100);
            }

            return host;
        }

        /// <summary>SIGKILL: no shutdown, no goodbye.</summary>
        public async Task KillAsync()
        {
            using var process = Process.GetProcessById(_id);
            process.Kill();
            await process.WaitForExitAsync();
            await DisposeAsync();
        }

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            _shell.StandardInput.Close();
            await _shell.WaitForExitAsync();
            _shell.Dispose();
        }

        private async Task<bool> IsReadyAsync()
        {
            try
            {
                using var answer = await Http.GetAsync(new Uri("/health/ready", UriKind.Relative));
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}
