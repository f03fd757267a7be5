using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Host.Tests;

public sealed class OperationsTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    [Theory]
    [InlineData("/swagger/index.html", "text/html")]
    [InlineData("/ops", "text/html")]
    [InlineData("/metrics", "text/plain")]
    [InlineData("/openapi/v1.json", "application/json")]
    public async Task Pages_for_people_and_machines_answer_anybody(string path, string mediaType)
    {
        using var answer = await shop.Client.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(mediaType);
    }

    [Theory]
    [InlineData("/api/v1/events")]
    [InlineData("/api/v1/events/stream")]
    [InlineData("/api/v1/projections")]
    public async Task What_operators_see_nobody_else_sees(string path)
    {
        using var answer = await shop.Client.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Metrics_count_commands_by_outcome()
    {
        await shop.CreateProductAsync();

        (await shop.Client.GetStringAsync("/metrics")).ShouldContain("commerce_command_duration_seconds_count{otel_scope_name=\"Commerce\",command=\"CreateProduct\",outcome=\"ok\"}");
    }

    [Fact]
    public async Task The_event_log_is_read_in_order_page_by_page_without_a_hole()
    {
        await shop.StockProductAsync(5);
        await shop.StockProductAsync(5);

        var seen = new List<(string Position, Guid Id)>();
        string? after = null;
        for (var atHead = false; !atHead;)
        {
            var page = await ShopFixture.JsonAsync(await shop.StaffClient.GetAsync($"/api/v1/events?limit=3&after={after}"), 200);
            page.GetProperty("items").GetArrayLength().ShouldBeLessThanOrEqualTo(3);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(e => (e.GetProperty("position").GetString()!, e.GetProperty("id").GetGuid())));
            after = page.GetProperty("next").GetString();
            atHead = page.GetProperty("atHead").GetBoolean();
        }

        var whole = await ShopFixture.JsonAsync(await shop.StaffClient.GetAsync("/api/v1/events?limit=1000"), 200);
        seen.Select(e => e.Id).ShouldBe(whole.GetProperty("items").EnumerateArray().Take(seen.Count).Select(e => e.GetProperty("id").GetGuid()));
        seen.Select(e => e.Id).ShouldBeUnique();
    }

    [Theory]
    [InlineData("?limit=0")]
    [InlineData("?limit=1001")]
    [InlineData("?after=nonsense")]
    [InlineData("?types=no_such_event")]
    public async Task A_question_to_the_log_that_makes_no_sense_is_a_400(string query)
    {
        using var answer = await shop.StaffClient.GetAsync("/api/v1/events" + query);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_log_can_be_asked_for_some_types()
    {
        var product = await shop.StockProductAsync(1);
        await shop.SettleAsync();

        var page = await ShopFixture.JsonAsync(await shop.StaffClient.GetAsync("/api/v1/events?types=stock_received,product_published&limit=1000"), 200);

        var types = page.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("type").GetString()).Distinct().ToList();
        types.ShouldBe(["stock_received", "product_published"], ignoreOrder: true);
        page.GetProperty("items").EnumerateArray().ShouldContain(e => e.GetProperty("streamId").GetGuid() == product.Id);
        page.GetProperty("items")[0].GetProperty("actor").GetString().ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task The_stream_tells_what_happens_and_goes_on_after_the_last_event_seen()
    {
        var product = await shop.StockProductAsync(1);
        var (_, first, id) = await ReadUntilAsync(null, data => data.Contains(product.Id.ToString(), StringComparison.Ordinal));
        await shop.ReceiveStockAsync(product.Sku, 7);

        var (count, next, _) = await ReadUntilAsync(id, data => data.Contains(product.Sku, StringComparison.Ordinal) && data.Contains("stock_received", StringComparison.Ordinal) && data.Contains(":7", StringComparison.Ordinal));

        first.ShouldContain("\"position\"");
        count.ShouldBeGreaterThan(0);
        next.ShouldNotContain(id);
    }

    [Fact]
    public async Task Projections_show_where_they_stand_and_can_be_rebuilt()
    {
        await shop.StockProductAsync(3);
        await shop.SettleAsync();
        var list = await ShopFixture.JsonAsync(await shop.StaffClient.GetAsync("/api/v1/projections"), 200);
        var names = list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()!).ToList();
        names.ShouldContain("Inventory.StockLevels");
        names.ShouldContain("Recommendations.BoughtTogether");

        foreach (var name in (string[])["Inventory.StockLevels", "Recommendations.BoughtTogether"])
        {
            using var started = await shop.StaffClient.PostAsync(new Uri($"/api/v1/projections/{name}/rebuild", UriKind.Relative), null);
            started.StatusCode.ShouldBe(HttpStatusCode.Accepted, await started.Content.ReadAsStringAsync());
        }

        await UntilAsync(async () => (await ShopFixture.JsonAsync(await shop.StaffClient.GetAsync("/api/v1/projections"), 200))
            .GetProperty("items").EnumerateArray().All(item => item.GetProperty("state").GetString() is "inline" or "running"));
        using var unknown = await shop.StaffClient.PostAsync(new Uri("/api/v1/projections/No.Such/rebuild", UriKind.Relative), null);
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await unknown.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("type").GetString().ShouldBe("/problems/projection-not-found");
    }

    [Fact]
    public async Task No_request_fails_while_what_it_reads_is_rebuilt_and_orders_go_on()
    {
        var product = await shop.StockProductAsync(1_000, name: "Rebuilding kettle");
        var order = await ShopFixture.JsonAsync(await shop.TryOrderAsync(product.Sku, 1, Guid.CreateVersion7().ToString()), 201);
        await shop.SettleAsync();
        string[] names = ["Orders.OrderRows", "Orders.OrderWords", "Inventory.StockLevels", "Catalog.Products", "Catalog.Search", "Recommendations.BoughtTogether"];
        string[] paths =
        [
            $"/api/v1/orders/{order.GetProperty("id").GetGuid()}", $"/api/v1/orders?q={order.GetProperty("number").GetString()}", $"/api/v1/inventory/{product.Sku}",
            $"/api/v1/inventory/{product.Sku}/movements", $"/api/v1/products?limit=5&sort=name", "/api/v1/search?q=rebuilding+kettle",
        ];
        using var stop = new CancellationTokenSource();
        var faults = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var readers = paths.Select(path => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var answer = await shop.StaffClient.GetAsync(path);
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    faults.Enqueue($"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
                }
            }
        })).ToList();
        readers.Add(Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var placed = await shop.TryOrderAsync(product.Sku, 1, Guid.CreateVersion7().ToString());
                if (placed.StatusCode is not (HttpStatusCode.Created or HttpStatusCode.Conflict))
                {
                    faults.Enqueue($"order: {(int)placed.StatusCode} {await placed.Content.ReadAsStringAsync()}");
                }
            }
        }));

        var progress = shop.Services.GetRequiredService<IProjectionProgress>();
        foreach (var name in names)
        {
            await progress.RebuildAsync(name, CancellationToken.None);
        }

        await stop.CancelAsync();
        await Task.WhenAll(readers);
        faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_projection_is_held_let_go_and_skips_nothing_that_it_can_take()
    {
        const string name = "Recommendations.Trending";
        async Task<JsonElement> PostAsync(string path, int status) =>
            await ShopFixture.JsonAsync(await shop.StaffClient.PostAsync(new Uri($"/api/v1/projections/{path}", UriKind.Relative), null), status);
        async Task<string> StateAsync() => (await ShopFixture.JsonAsync(await shop.StaffClient.GetAsync("/api/v1/projections"), 200))
            .GetProperty("items").EnumerateArray().Single(item => item.GetProperty("name").GetString() == name).GetProperty("state").GetString()!;

        (await PostAsync($"{name}/pause", 200)).GetProperty("state").GetString().ShouldBe("paused");
        await UntilAsync(async () => await StateAsync() == "paused");
        (await PostAsync($"{name}/resume", 200)).GetProperty("state").GetString().ShouldBe("running");
        await UntilAsync(async () => await StateAsync() == "running");
        (await PostAsync($"{name}/skip", 409)).GetProperty("type").GetString().ShouldBe("/problems/projection-has-not-failed");

        foreach (var verb in (string[])["pause", "resume", "skip"])
        {
            (await PostAsync($"No.Such/{verb}", 404)).GetProperty("type").GetString().ShouldBe("/problems/projection-not-found");
            (await PostAsync($"Inventory.StockLevels/{verb}", 409)).GetProperty("type").GetString().ShouldBe("/problems/projection-is-inline");
            using var guest = await shop.Client.PostAsync(new Uri($"/api/v1/projections/{name}/{verb}", UriKind.Relative), null);
            guest.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        (await PostAsync("Catalog.WhenStockChanged/rebuild", 409)).GetProperty("type").GetString().ShouldBe("/problems/reaction-not-rebuilt");
    }

    [Fact]
    public async Task The_feed_of_events_tells_no_hash_of_a_secret()
    {
        var product = await shop.StockProductAsync(1);
        using var placed = await shop.TryOrderAsync(product.Sku, 1, Guid.CreateVersion7().ToString());
        var id = (await ShopFixture.JsonAsync(placed, 201)).GetProperty("id").GetGuid();
        await shop.SettleAsync();

        var after = "";
        while (true)
        {
            var page = await ShopFixture.JsonAsync(await shop.StaffClient.GetAsync($"/api/v1/events?types=order_placed&limit=100&after={Uri.EscapeDataString(after)}"), 200);
            foreach (var item in page.GetProperty("items").EnumerateArray().Where(item => item.GetProperty("streamId").GetGuid() == id))
            {
                item.GetProperty("data").TryGetProperty("number", out _).ShouldBeTrue();
                item.GetProperty("data").GetRawText().ShouldNotContain("hash", Case.Insensitive);
                return;
            }

            page.GetProperty("items").GetArrayLength().ShouldBeGreaterThan(0, "the order's event is in the feed");
            after = page.GetProperty("next").GetString()!;
        }
    }

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Stopwatch.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(30));
            await Task.Delay(50);
        }
    }

    private async Task<(int Events, string Data, string Id)> ReadUntilAsync(string? lastId, Func<string, bool> found)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/events/stream");
        if (lastId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastId);
        }

        using var answer = await shop.StaffClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(limit.Token));
        var (id, count) = ("", 0);
        while (await reader.ReadLineAsync(limit.Token) is { } line)
        {
            id = line.StartsWith("id: ", StringComparison.Ordinal) ? line[4..] : id;
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                count++;
                if (found(line))
                {
                    return (count, line, id);
                }
            }
        }

        throw new InvalidOperationException("The stream ended.");
    }
}
