using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Commerce.Testing;
using Commerce.Web;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Host.Tests;

/// <summary>
/// No read asks the database once for each thing it shows: every GET of the API is called for little and for much, without a cache, and the statements are
/// counted by the driver's own traces.
/// </summary>
public sealed class StatementCountTests(StatementCountTests.UncachedShop shop) : IClassFixture<StatementCountTests.UncachedShop>
{
    private const int Much = 20;

    /// <summary>No read needs more, whatever it shows.</summary>
    private const int Most = 10;

    // They do not end, or walk everything page by page on purpose.
    private static readonly string[] Streams = ["/events/stream", "/inventory/stream", "/products/export", "/jobs/{id:guid}/stream", "/jobs/{id:guid}/errors"];

    [Fact]
    public async Task No_read_costs_a_statement_for_each_thing_it_shows()
    {
        using var statements = new StatementCounter();
        var (little, much) = await FillAsync();
        var routes = shop.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<SliceMetadata>() is not null && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains("GET") == true)
            .Select(endpoint => endpoint.RoutePattern.RawText!["/api/v1".Length..])
            .Except(Streams)
            .ToList();
        routes.Count.ShouldBeGreaterThan(40);
        var faults = new List<string>();
        var seen = 0;
        foreach (var route in routes)
        {
            // Once unmeasured: what is made once in a process is no part of a read.
            await CountAsync(statements, Path(route, much, Much));
            var (few, _) = await CountAsync(statements, Path(route, little, 1));
            var (many, status) = await CountAsync(statements, Path(route, much, Much));
            seen += status == HttpStatusCode.OK ? 1 : 0;
            if (many > few || many > Most)
            {
                faults.Add($"{route}: {few} statements for one, {many} for {Much} ({status})");
            }
        }

        faults.ShouldBeEmpty();
        seen.ShouldBeGreaterThan(25);
        statements.Total.ShouldBeGreaterThan(50, "the driver tells of its statements");
    }

    private static string Path(string route, IReadOnlyDictionary<string, string> known, int limit)
    {
        var path = route;
        foreach (var (name, value) in known)
        {
            path = path.Replace(name, value, StringComparison.Ordinal);
        }

        // Parameters that this test knows nothing of lead to nothing, which costs no more than something.
        while (path.IndexOf('{', StringComparison.Ordinal) is var open and >= 0)
        {
            var close = path.IndexOf('}', open);
            path = path[..open] + (path[open..close].Contains("guid", StringComparison.Ordinal) ? Guid.Empty.ToString() : "none") + path[(close + 1)..];
        }

        return $"/api/v1{path}?limit={limit.ToString(CultureInfo.InvariantCulture)}{(path == "/search" || path.StartsWith("/search/sugg", StringComparison.Ordinal) ? "&q=Counted" : "")}";
    }

    private async Task<(int Statements, HttpStatusCode Status)> CountAsync(StatementCounter statements, string path)
    {
        var trace = ActivityTraceId.CreateRandom();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        using var answer = await shop.StaffClient.SendAsync(request);
        return (statements.Of(trace), answer.StatusCode);
    }

    private async Task<(IReadOnlyDictionary<string, string> Little, IReadOnlyDictionary<string, string> Much)> FillAsync()
    {
        var prefix = ShopFixture.NewSku();
        var skus = Enumerable.Range(0, Much + 5).Select(i => $"{prefix}-{i}").ToList();
        var rows = skus.Select((sku, i) => new
        {
            status = "active",
            translations = new { en = new { name = $"Counted {i}" } },
            attributes = new { brand = $"Brand {i}" },
            variants = (i == 0 ? Enumerable.Range(0, Much).Select(part => $"{sku}-{part}") : [sku]).Select(part => new { sku = part, price = new { amount = "5.00", currency = "USD" } }),
        });
        var products = await PostAsync("/products/bulk", new { products = rows }, 200);
        var ids = products.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("id").GetString()!).ToList();
        using (await shop.StaffClient.PutAsJsonAsync($"/api/v1/products/{ids[0]}/relations/related", new { productIds = ids.Skip(1).Take(Much) }))
        {
        }

        using (await shop.StaffClient.PutAsJsonAsync($"/api/v1/products/{ids[1]}/relations/related", new { productIds = ids.Skip(2).Take(1) }))
        {
        }

        await PostAsync("/inventory/receipts", new { lines = skus.Skip(1).Select(sku => new { sku, quantity = 1000 }) }, 201);
        var (small, large) = (await OrderAsync([skus[1]]), await OrderAsync(skus.Skip(1).Take(Much)));
        for (var i = 0; i < 3; i++)
        {
            await OrderAsync([skus[2]]);
        }

        await shop.SettleAsync();
        return (
            new Dictionary<string, string> { ["/orders/{id:guid}"] = $"/orders/{small}", ["/products/{idOrSlug}"] = $"/products/{ids[1]}", ["/products/{id:guid}"] = $"/products/{ids[1]}", ["/inventory/{sku}"] = $"/inventory/{skus[3]}" },
            new Dictionary<string, string> { ["/orders/{id:guid}"] = $"/orders/{large}", ["/products/{idOrSlug}"] = $"/products/{ids[0]}", ["/products/{id:guid}"] = $"/products/{ids[0]}", ["/inventory/{sku}"] = $"/inventory/{skus[2]}" });
    }

    private async Task<string> OrderAsync(IEnumerable<string> skus) =>
        (await shop.PlaceOrderAsync([.. skus.Select(sku => (sku, 1))])).GetProperty("id").GetString()!;

    private async Task<System.Text.Json.JsonElement> PostAsync(string path, object body, int status)
    {
        using var answer = await shop.StaffClient.PostAsJsonAsync("/api/v1" + path, body);
        if (status == 201 && answer.IsSuccessStatusCode)
        {
            status = (int)answer.StatusCode;
        }

        return await ShopFixture.JsonAsync(answer, status);
    }

    /// <summary>A shop that reads every answer from its read models.</summary>
    public sealed class UncachedShop : ShopFixture
    {
        /// <inheritdoc />
        protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["Cache:Enabled"] = "false", ["Catalog:ListMilliseconds"] = "0" };
    }

    /// <summary>Counts what the driver sends, by the request that it is for.</summary>
    private sealed class StatementCounter : IDisposable
    {
        private readonly ConcurrentDictionary<ActivityTraceId, int> _counts = new();
        private readonly ActivityListener _listener;

        public StatementCounter()
        {
            _listener = new ActivityListener
            {
                ShouldListenTo = source => source.Name is "Npgsql" or "Microsoft.AspNetCore",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
                ActivityStopped = activity =>
                {
                    // Opening a physical connection is no statement.
                    if (activity.Source.Name == "Npgsql" && (activity.GetTagItem("db.query.text") ?? activity.GetTagItem("db.statement")) is not null)
                    {
                        _counts.AddOrUpdate(activity.TraceId, 1, (_, count) => count + 1);
                    }
                },
            };
            ActivitySource.AddActivityListener(_listener);
        }

        public int Total => _counts.Values.Sum();

        public int Of(ActivityTraceId trace) => _counts.GetValueOrDefault(trace);

        public void Dispose() => _listener.Dispose();
    }
}
