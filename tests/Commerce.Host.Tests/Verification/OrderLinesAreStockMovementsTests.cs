using Commerce.EventStore;
using Commerce.Host.Verification;
using Commerce.Inventory.Contracts;
using Commerce.Orders.Contracts;

namespace Commerce.Host.Tests.Verification;

public sealed class OrderLinesAreStockMovementsTests
{
    private static readonly Guid Order = Guid.Parse("0195f000-0000-7000-8000-000000000001");
    private readonly OrderLinesAreStockMovements _rule = new(new LastAnnouncement([new Verbatim()]));

    [Fact]
    public void Lines_and_movements_of_one_transaction_that_agree_break_nothing()
    {
        Commit(Placed(("A", 2), ("B", 1)), Moved("B", 1), Moved("A", 2)).ShouldBeNull();
        Commit(Moved("A", -2), Cancelled(("A", 2), ("B", 1)), Moved("B", -1)).ShouldBeNull();
        Commit(new StockChangedAnnouncement("A", 5, "inStock")).ShouldBeNull();
    }

    [Fact]
    public void A_line_that_took_no_stock_is_caught() => Commit(Placed(("A", 2), ("B", 1)), Moved("A", 2)).ShouldBe($"order {Order} has 1 of B that stock did not give");

    [Fact]
    public void Stock_taken_without_an_order_is_caught() => Commit(Moved("A", 2)).ShouldBe($"stock gave order {Order} 2 of A that it has no line for");

    [Fact]
    public void A_movement_that_comes_twice_is_caught() => Commit(Placed(("A", 2)), Moved("A", 2), Moved("A", 2)).ShouldNotBeNull();

    [Fact]
    public void A_movement_in_another_transaction_is_caught()
    {
        Commit(Placed(("A", 2))).ShouldNotBeNull();
        Commit(Moved("A", 2)).ShouldNotBeNull();
    }

    [Fact]
    public void A_cancellation_that_gave_nothing_back_is_caught() => Commit(Cancelled(("A", 2))).ShouldNotBeNull();

    [Fact]
    public void Edits_shipments_and_returns_move_stock_with_them()
    {
        Commit(new OrderEditedAnnouncement(Order, [new("A", 2), new("B", -1)], default), Moved("A", 2), Moved("B", -1)).ShouldBeNull();
        Commit(new OrderShippedAnnouncement(Order, Guid.Empty, [new("A", 2)], default), Sent("A", 2)).ShouldBeNull();
        Commit(new OrderReturnReceivedAnnouncement(Order, Guid.Empty, [new("A", 1)], default), Sent("A", -1)).ShouldBeNull();
        Commit(new OrderEditedAnnouncement(Order, [new("A", 2)], default)).ShouldNotBeNull();
        Commit(new OrderShippedAnnouncement(Order, Guid.Empty, [new("A", 2)], default), Moved("A", 2)).ShouldNotBeNull();
        Commit(Sent("A", -1)).ShouldNotBeNull();
    }

    private string? Commit(params object[] events)
    {
        foreach (var data in events)
        {
            _rule.After(new RecordedEvent { Id = Guid.Empty, StreamId = Guid.Empty, Version = 1, Name = "any", Data = data, Timestamp = default }, data).ShouldBeNull();
        }

        return _rule.AfterTransaction();
    }

    private static OrderPlacedAnnouncement Placed(params (string Sku, int Quantity)[] lines) => new(Order, null, null, Lines(lines), default);

    private static OrderCancelledAnnouncement Cancelled(params (string Sku, int Quantity)[] lines) => new(Order, null, null, Lines(lines), default);

    private static StockChangedAnnouncement Moved(string sku, int taken) => new(sku, 0, "inStock", Order, taken);

    private static StockChangedAnnouncement Sent(string sku, int units) => new(sku, 0, "inStock", Order, 0, units);

    private static List<OrderedLine> Lines((string Sku, int Quantity)[] lines) => [.. lines.Select(line => new OrderedLine(line.Sku, Guid.Empty, line.Quantity))];

    /// <summary>Announces contracts that stand in the place of events.</summary>
    private sealed class Verbatim : IAnnouncements
    {
        public IReadOnlyDictionary<Type, IReadOnlyCollection<Type>> Announced { get; } =
            new[]
            {
                typeof(OrderPlacedAnnouncement), typeof(OrderCancelledAnnouncement), typeof(OrderEditedAnnouncement), typeof(OrderShippedAnnouncement),
                typeof(OrderReturnReceivedAnnouncement), typeof(StockChangedAnnouncement),
            }.ToDictionary(type => type, type => (IReadOnlyCollection<Type>)[type]);

        public object? Announce(RecordedEvent @event) => @event.Data;
    }
}
