using System.Net;
using Commerce.EventStore;
using Commerce.Inventory.Contracts;
using static Commerce.Inventory.Tests.Http;

namespace Commerce.Inventory.Tests;

/// <summary>What Orders asks inside its own decisions, over the real store.</summary>
public sealed class StockDeskTests(InventoryFixture fixture) : IClassFixture<InventoryFixture>
{
    private readonly HttpClient _staff = fixture.Host.Client();

    [Fact]
    public async Task Stock_is_taken_for_all_lines_or_none()
    {
        var (a, b) = (NewSku(), NewSku());
        await _staff.ReceiveAsync(a, 5);
        await _staff.ReceiveAsync(b, 1);
        var refused = await AllocateAsync(new StockLine(a, 2), new StockLine(b, 1), new StockLine(b, 1));
        refused.Done.ShouldBeFalse();
        refused.Shortages.ShouldBe([new StockShortage(b, 2, 1)]);
        (await _staff.StockAsync(a)).Levels().ShouldBe((5, 0, 5));

        (await AllocateAsync(new StockLine(a, 2), new StockLine(b, 1), new StockLine(a, 1))).Done.ShouldBeTrue();
        (await _staff.StockAsync(a)).Levels().ShouldBe((5, 3, 2));
        (await _staff.StockAsync(b)).Levels().ShouldBe((1, 1, 0));
    }

    [Fact]
    public async Task A_sku_that_never_had_stock_is_short() =>
        (await AllocateAsync(new StockLine("NEVER", int.MaxValue), new StockLine("NEVER", int.MaxValue))).Shortages.ShouldBe([new StockShortage("NEVER", int.MaxValue, 0)]);

    [Fact]
    public async Task What_a_cancelled_order_took_comes_back_and_the_ledger_names_it()
    {
        var sku = NewSku();
        await _staff.ReceiveAsync(sku, 5);
        var order = Identifiers.Next();
        (await AllocateAsync(order, new StockLine(sku, 3))).Done.ShouldBeTrue();
        (await ReleaseAsync(order, new StockLine(sku, 2), new StockLine(sku, 1))).Done.ShouldBeTrue();
        (await _staff.StockAsync(sku)).Levels().ShouldBe((5, 0, 5));
        // Twice, or for a SKU that nobody took, changes nothing.
        (await ReleaseAsync(order, new StockLine(sku, 3), new StockLine("NEVER", 1), new StockLine(sku, 0))).Done.ShouldBeTrue();
        (await _staff.StockAsync(sku)).Int("version").ShouldBe(3);

        var ledger = (await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, $"inventory/{sku}/movements")).GetProperty("items").EnumerateArray()
            .Select(item => (item.Text("kind"), item.Text("cause"), item.Text("reference"), item.Int("quantity"), item.Int("balance")));
        ledger.ShouldBe(
        [
            ("released", "order", order.ToString(), 3, 5),
            ("allocated", "order", order.ToString(), -3, 2),
            ("received", "user", null, 5, 5),
        ]);
    }

    [Fact]
    public async Task What_is_sent_leaves_the_building_and_what_comes_back_is_for_sale()
    {
        var (sku, other) = (NewSku(), NewSku());
        await _staff.ReceiveAsync(sku, 5);
        await _staff.ReceiveAsync(other, 1);
        var (order, @return) = (Identifiers.Next(), Identifiers.Next());
        (await AllocateAsync(order, new StockLine(sku, 3))).Done.ShouldBeTrue();
        (await AskAsync(fixture.Host, new DispatchStock(order, [new StockLine(sku, 2), new StockLine(other, 1)]))).Shortages.ShouldBe([new StockShortage(other, 1, 0)]);
        (await _staff.StockAsync(sku)).Levels().ShouldBe((5, 3, 2));

        (await AskAsync(fixture.Host, new DispatchStock(order, [new StockLine(sku, 2)]))).Done.ShouldBeTrue();
        (await _staff.StockAsync(sku)).Levels().ShouldBe((3, 1, 2));
        (await AskAsync(fixture.Host, new RestockReturn(order, @return, [new StockLine(sku, 1)]))).Done.ShouldBeTrue();
        (await _staff.StockAsync(sku)).Levels().ShouldBe((4, 1, 3));

        var ledger = (await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, $"inventory/{sku}/movements")).GetProperty("items").EnumerateArray()
            .Select(item => (item.Text("kind"), item.Text("cause"), item.Text("reference"), item.Int("quantity"), item.Int("onHandChange"), item.Int("balance")));
        ledger.Take(2).ShouldBe([("return", "return", @return.ToString(), 1, 1, 3), ("dispatch", "order", order.ToString(), 0, -2, 2)]);
    }

    [Fact]
    public async Task Two_hosts_sell_each_unit_once()
    {
        await using var other = await InventoryHost.StartAsync(fixture.Postgres);
        var (a, b) = (NewSku(), NewSku());
        await _staff.ReceiveAsync(a, 30);
        await _staff.ReceiveAsync(b, 100);
        var answers = await Task.WhenAll(Enumerable.Range(0, 80).Select(i => AllocateAsync(
            i % 2 == 0 ? fixture.Host : other, Identifiers.Next(), i % 4 < 2 ? [new StockLine(a, 1), new StockLine(b, 1)] : [new StockLine(b, 1), new StockLine(a, 1)])));
        answers.Count(answer => answer.Done).ShouldBe(30);
        (await _staff.StockAsync(a)).Levels().ShouldBe((30, 30, 0));
        (await _staff.StockAsync(b)).Levels().ShouldBe((100, 30, 70));
    }

    private Task<StockAnswer> AllocateAsync(params StockLine[] lines) => AllocateAsync(Identifiers.Next(), lines);

    private Task<StockAnswer> AllocateAsync(Guid order, params StockLine[] lines) => AllocateAsync(fixture.Host, order, lines);

    private static Task<StockAnswer> AllocateAsync(InventoryHost host, Guid order, params StockLine[] lines) => AskAsync(host, new AllocateStock(order, lines));

    private Task<StockAnswer> ReleaseAsync(Guid order, params StockLine[] lines) => AskAsync(fixture.Host, new ReleaseStock(order, lines));

    private static async Task<StockAnswer> AskAsync<TQuestion>(InventoryHost host, TQuestion question)
        where TQuestion : notnull
    {
        var outcome = await host.DecideAsync<StockAnswer>(touches => touches.Question(question), scope => scope.Ask<TQuestion, StockAnswer>(question));
        return outcome.Value;
    }
}
