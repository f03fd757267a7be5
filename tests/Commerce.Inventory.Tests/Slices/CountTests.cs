using System.Net;
using System.Text.Json;
using Commerce.EventStore.Verification;
using Microsoft.Extensions.DependencyInjection;
using static Commerce.Inventory.Tests.Http;

namespace Commerce.Inventory.Tests.Slices;

/// <summary>Counting by compare-and-set.</summary>
public sealed class CountTests(InventoryFixture fixture) : IClassFixture<InventoryFixture>
{
    private readonly HttpClient _staff = fixture.Host.Client();

    [Fact]
    public async Task Differences_become_adjustments_with_the_count_as_their_cause()
    {
        var (more, less, same, unseen) = (NewSku(), NewSku(), NewSku(), NewSku());
        foreach (var sku in new[] { more, less, same, unseen })
        {
            await _staff.ReceiveAsync(sku, 10);
        }

        var count = await OpenAsync(more, less, same, unseen);
        count.GetProperty("lines")[0].Int("onHand").ShouldBe(10);
        await SeeAsync(count, more, 12);
        await SeeAsync(count, less, 1);
        await SeeAsync(count, less, 7);
        await SeeAsync(count, same, 10);
        // A promise moves no goods.
        await _staff.ReserveAsync(HttpStatusCode.Created, new { lines = new[] { new { sku = less, quantity = 2 } } });

        var done = await CompleteAsync(count, HttpStatusCode.OK);

        done.Text("status").ShouldBe("completed");
        done.GetProperty("differences").EnumerateArray().Select(one => (one.Text("sku"), one.Int("delta"))).ShouldBe([(more, 2), (less, -3)]);
        (await _staff.StockAsync(less)).Levels().ShouldBe((7, 2, 5));
        (await _staff.StockAsync(unseen)).Int("version").ShouldBe(1);
        var line = (await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, $"inventory/{more}/movements")).GetProperty("items")[0];
        (line.Text("kind"), line.Text("cause"), line.Text("reference"), line.Text("reason")).ShouldBe(("adjusted", "count", count.Text("id"), "count INV-1"));
        (await CompleteAsync(count, HttpStatusCode.OK)).Int("version").ShouldBe(done.Int("version"));
        (await _staff.SendAsync(HttpStatusCode.Conflict, HttpMethod.Put, $"inventory/counts/{count.Text("id")}/lines/{more}", new { counted = 1 })).ShouldBeProblem("count-completed");
        (await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, $"inventory/counts/{count.Text("id")}")).Text("status").ShouldBe("completed");
        (await fixture.Host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Goods_that_moved_since_are_told_and_nothing_is_booked()
    {
        var (moved, still) = (NewSku(), NewSku());
        await _staff.ReceiveAsync(moved, 10);
        await _staff.ReceiveAsync(still, 10);
        var count = await OpenAsync(moved, still);
        await SeeAsync(count, still, 9);
        await _staff.ReceiveAsync(moved, 5);
        // Seen before the delivery: the version says so.
        await SeeAsync(count, moved, 10, version: 1);

        var conflict = await CompleteAsync(count, HttpStatusCode.Conflict);

        conflict.ShouldBeProblem("count-conflict");
        var one = conflict.GetProperty("conflicts").EnumerateArray().ShouldHaveSingleItem();
        (one.Text("sku"), one.Int("seenVersion"), one.Int("seenOnHand"), one.Int("currentVersion"), one.Int("currentOnHand")).ShouldBe((moved, 1, 10, 2, 15));
        (await _staff.StockAsync(still)).Int("version").ShouldBe(1);
        await SeeAsync(count, moved, 15);
        (await CompleteAsync(count, HttpStatusCode.OK)).GetProperty("differences").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task What_is_promised_is_not_counted_away()
    {
        var sku = NewSku();
        await _staff.ReceiveAsync(sku, 5);
        await _staff.ReserveAsync(HttpStatusCode.Created, new { lines = new[] { new { sku, quantity = 4 } } });
        var count = await OpenAsync(sku);
        await SeeAsync(count, sku, 3);
        (await CompleteAsync(count, HttpStatusCode.Conflict)).ShouldBeProblem("stock-is-reserved");
        (await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, $"inventory/counts/{count.Text("id")}")).Text("status").ShouldBe("open");
    }

    [Fact]
    public async Task A_wrong_count_is_refused()
    {
        var sku = NewSku();
        (await _staff.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "inventory/counts", new { skus = Array.Empty<string>() })).ShouldBeInvalid("skus");
        (await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Post, "inventory/counts", new { skus = new[] { sku }, location = "nowhere" })).ShouldBeProblem("location-not-found");
        await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"inventory/counts/{Guid.Empty}");
        await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"inventory/counts/{Guid.Empty}/complete");
        (await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Put, $"inventory/counts/{Guid.Empty}/lines/{sku}", new { counted = 1 })).ShouldBeProblem("count-not-found");
        var count = await OpenAsync(sku);
        var line = $"inventory/counts/{count.Text("id")}/lines/{sku}";
        (await _staff.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Put, line, new { counted = -1 })).ShouldBeInvalid("counted");
        (await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Put, line, new { counted = 1, version = 9 })).ShouldBeProblem("stock-version-not-found");
        await _staff.SendAsync(HttpStatusCode.PreconditionFailed, HttpMethod.Put, line, new { counted = 1 }, ("If-Match", "\"9\""));
        await fixture.Host.Client("inventory:read").SendAsync(HttpStatusCode.Forbidden, HttpMethod.Put, line, new { counted = 1 });
        // Found where the books had never heard of it.
        await SeeAsync(count, sku, 2);
        await CompleteAsync(count, HttpStatusCode.OK);
        (await _staff.StockAsync(sku)).Levels().ShouldBe((2, 0, 2));
    }

    private Task<JsonElement> OpenAsync(params string[] skus) => _staff.SendAsync(HttpStatusCode.Created, HttpMethod.Post, "inventory/counts", new { skus, reference = "INV-1" });

    private Task<JsonElement> SeeAsync(JsonElement count, string sku, int counted, long? version = null) =>
        _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Put, $"inventory/counts/{count.Text("id")}/lines/{sku}", new { counted, version });

    private Task<JsonElement> CompleteAsync(JsonElement count, HttpStatusCode status) => _staff.SendAsync(status, HttpMethod.Post, $"inventory/counts/{count.Text("id")}/complete");
}
