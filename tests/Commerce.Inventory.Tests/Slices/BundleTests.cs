using System.Net;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.EventStore.Verification;
using Commerce.Inventory.Contracts;
using Microsoft.Extensions.DependencyInjection;
using static Commerce.Inventory.Tests.Http;

namespace Commerce.Inventory.Tests.Slices;

/// <summary>SKUs that are sold as their parts.</summary>
public sealed class BundleTests(InventoryFixture fixture) : IClassFixture<InventoryFixture>
{
    private readonly HttpClient _staff = fixture.Host.Client();

    [Fact]
    public async Task A_bundle_sells_its_parts_and_its_level_follows_from_them()
    {
        var (tea, cup, set) = await SetAsync(10, 7);
        var shown = await _staff.StockAsync(set);
        (shown.Levels(), shown.Text("availability"), shown.GetProperty("bundle").GetArrayLength()).ShouldBe(((5, 0, 5), "inStock", 2));
        var levels = fixture.Host.Services.GetRequiredService<IStockLevels>();
        (await levels.LevelsAsync([set, tea], CancellationToken.None))[set].ShouldBe(new StockLevel(set, 5, "inStock"));
        var order = Identifiers.Next();

        // Two sets and a tea besides: five teas of the ten.
        (await AskAsync(new AllocateStock(order, [new StockLine(set, 2), new StockLine(tea, 1)]))).Done.ShouldBeTrue();

        (await _staff.StockAsync(tea)).Levels().ShouldBe((10, 5, 5));
        (await _staff.StockAsync(cup)).Levels().ShouldBe((7, 2, 5));
        (await _staff.StockAsync(set)).Levels().ShouldBe((5, 3, 2));
        // Two more sets would fit, but not with two teas besides.
        var refused = await AskAsync(new AllocateStock(Identifiers.Next(), [new StockLine(set, 2), new StockLine(tea, 2)]));
        refused.Shortages.Select(shortage => shortage.Sku).ShouldBe([set, tea], ignoreOrder: true);
        (await AskAsync(new AllocateStock(Identifiers.Next(), [new StockLine(set, 3)]))).Shortages.ShouldBe([new StockShortage(set, 3, 2)]);

        (await AskAsync(new DispatchStock(order, [new StockLine(set, 1)], [new StockLine(set, 2)]))).Done.ShouldBeTrue();
        (await AskAsync(new RestockReturn(order, Identifiers.Next(), [new StockLine(set, 1)]))).Done.ShouldBeTrue();
        (await AskAsync(new ReleaseStock(order, [new StockLine(set, 1), new StockLine(tea, 1)]))).Done.ShouldBeTrue();
        (await _staff.StockAsync(tea)).Levels().ShouldBe((10, 0, 10));
        (await _staff.StockAsync(cup)).Levels().ShouldBe((7, 0, 7));
        (await _staff.StockAsync(set)).Levels().ShouldBe((5, 0, 5));

        var ledger = (await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, $"inventory/{cup}/movements")).GetProperty("items").EnumerateArray().ToList();
        ledger.Select(line => (line.Text("kind"), line.Text("reason"), line.Int("balance"))).Take(4)
            .ShouldBe([("released", $"bundle {set}", 7), ("return", $"bundle {set}", 6), ("dispatch", $"bundle {set}", 5), ("allocated", $"bundle {set}", 5)]);
        (await fixture.Host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reservation_of_a_bundle_holds_its_parts_and_becomes_the_order()
    {
        var (tea, cup, set) = await SetAsync(4, 2);
        var made = await _staff.ReserveAsync(HttpStatusCode.Created, new { lines = new[] { new { sku = set, quantity = 2 } } });
        made.GetProperty("lines").EnumerateArray().Select(line => (line.Text("sku"), line.Int("quantity"))).ShouldBe([(tea, 4), (cup, 2)], ignoreOrder: true);
        (await AskAsync(new AllocateStock(Identifiers.Next(), [new StockLine(set, 1)]))).Done.ShouldBeFalse();
        var held = await fixture.Host.Services.GetRequiredService<IReservations>().FindAsync(made.GetProperty("id").GetGuid(), CancellationToken.None);

        (await AskAsync(new AllocateStock(Identifiers.Next(), [new StockLine(set, 2)], null, held))).Done.ShouldBeTrue();

        (await _staff.StockAsync(tea)).Levels().ShouldBe((4, 4, 0));
        (await _staff.StockAsync(set)).Text("availability").ShouldBe("outOfStock");
        (await fixture.Host.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Who_listens_to_a_bundle_hears_when_its_parts_move()
    {
        var (tea, _, set) = await SetAsync(4, 9);
        await using var stream = await StockStreamReader.OpenAsync(fixture.Host.Client(null), [set]);
        (await stream.NextAsync()).Available.ShouldBe(2);
        await _staff.ReceiveAsync(tea, 6);
        (await stream.NextAsync()).Available.ShouldBe(5);
        (await AskAsync(new AllocateStock(Identifiers.Next(), [new StockLine(set, 5)]))).Done.ShouldBeTrue();
        var last = await stream.NextAsync();
        (last.Available, last.Availability).ShouldBe((0, "outOfStock"));
        // The one who takes it tells it; the watch has nothing to add.
        await fixture.Host.Services.GetRequiredService<BundleWatch>().TellAsync(CancellationToken.None);
        (await _staff.StockAsync(set)).Int("version").ShouldBe((int)last.Version);
    }

    [Fact]
    public async Task Another_host_that_has_not_heard_of_a_bundle_sells_none_and_then_does()
    {
        await using var other = await InventoryHost.StartAsync(fixture.Postgres);
        await other.Services.GetRequiredService<BundleWatch>().StopAsync(CancellationToken.None);
        var (_, _, set) = await SetAsync(4, 4);
        var question = new AllocateStock(Identifiers.Next(), [new StockLine(set, 1)]);
        (await AskAsync(other, question)).Shortages.ShouldBe([new StockShortage(set, 1, 0)]);
        await other.Services.GetRequiredService<BundleWatch>().RefreshAsync(CancellationToken.None);
        (await AskAsync(other, question)).Done.ShouldBeTrue();
        (await other.Client().StockAsync(set)).Int("available").ShouldBe(1);
    }

    [Fact]
    public async Task A_bundle_that_cannot_be_is_refused()
    {
        var (tea, cup, set) = await SetAsync(4, 4);
        var parts = new[] { new { sku = tea, quantity = 2 }, new { sku = cup, quantity = 1 } };
        (await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Put, $"inventory/{set}/bundle", new { parts })).Int("version").ShouldBe(1);
        (await PutAsync(HttpStatusCode.Conflict, set, parts.Take(1))).ShouldBeProblem("bundle-exists");
        (await PutAsync(HttpStatusCode.Conflict, tea, [new { sku = cup, quantity = 1 }])).ShouldBeProblem("sku-has-stock");
        (await PutAsync(HttpStatusCode.BadRequest, NewSku(), [new { sku = set, quantity = 1 }])).ShouldBeInvalid("parts");
        (await PutAsync(HttpStatusCode.BadRequest, NewSku(), [])).ShouldBeInvalid("parts");
        (await PutAsync(HttpStatusCode.BadRequest, NewSku(), [new { sku = tea, quantity = 1 }, new { sku = tea, quantity = 1 }])).ShouldBeInvalid("parts");
        (await PutAsync(HttpStatusCode.BadRequest, tea, [new { sku = tea, quantity = 1 }])).ShouldBeInvalid("parts");
        (await PutAsync(HttpStatusCode.BadRequest, NewSku(), [new { sku = tea, quantity = 0 }])).ShouldBeInvalid("parts[0].quantity");
        (await _staff.SendAsync(HttpStatusCode.Conflict, HttpMethod.Post, "inventory/receipts", new { lines = new[] { new { sku = set, quantity = 1 } } })).ShouldBeProblem("sku-is-bundle");
        (await _staff.SendAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"inventory/{set}/adjustments", new { delta = 1, reason = "found" })).ShouldBeProblem("sku-is-bundle");
        (await _staff.SendAsync(HttpStatusCode.Conflict, HttpMethod.Put, $"inventory/{set}/settings", new { backorderLimit = 1 })).ShouldBeProblem("sku-is-bundle");
        (await _staff.SendAsync(HttpStatusCode.Conflict, HttpMethod.Put, $"inventory/{set}/preorder", new { releaseAt = DateTimeOffset.UtcNow.AddDays(1), limit = 1 })).ShouldBeProblem("sku-is-bundle");
        var low = await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, "inventory/low-stock?limit=100");
        low.GetProperty("items").EnumerateArray().ShouldNotContain(item => item.Text("sku") == set);
    }

    /// <summary>A set of two teas and a cup.</summary>
    private async Task<(string Tea, string Cup, string Set)> SetAsync(int teas, int cups)
    {
        var (tea, cup, set) = (NewSku(), NewSku(), NewSku());
        await _staff.ReceiveAsync(tea, teas);
        await _staff.ReceiveAsync(cup, cups);
        await _staff.SendAsync(
            HttpStatusCode.OK, HttpMethod.Put, $"inventory/{set}/bundle", new { parts = new[] { new { sku = tea, quantity = 2 }, new { sku = cup, quantity = 1 } } });
        return (tea, cup, set);
    }

    private Task<JsonElement> PutAsync(HttpStatusCode status, string sku, IEnumerable<object> parts) =>
        _staff.SendAsync(status, HttpMethod.Put, $"inventory/{sku}/bundle", new { parts });

    private Task<StockAnswer> AskAsync<TQuestion>(TQuestion question)
        where TQuestion : notnull => AskAsync(fixture.Host, question);

    private static async Task<StockAnswer> AskAsync<TQuestion>(InventoryHost host, TQuestion question)
        where TQuestion : notnull
    {
        // A refused outcome leaves nothing behind, as in a real order.
        StockAnswer? answer = null;
        await host.DecideAsync<StockAnswer>(touches => touches.Question(question), scope =>
        {
            answer = scope.Ask<TQuestion, StockAnswer>(question);
            return answer.Done ? answer : new InsufficientStock(answer.Shortages);
        });
        return answer!;
    }
}
