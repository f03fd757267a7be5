using System.Collections.Frozen;
using Commerce.EventStore;
using Commerce.EventStore.Verification;
using Commerce.Inventory.Contracts;
using Commerce.Orders.Contracts;

namespace Commerce.Host.Verification;

/// <summary>
/// The rule between two modules, told in their contracts alone and therefore declared where they meet: whatever orders say in a transaction, stock does in the same one.
/// </summary>
internal sealed class OrderLinesAreStockMovements : ReplayRule
{
    private readonly FrozenDictionary<Type, IAnnouncements> _announcers;
    private readonly Dictionary<(Guid OrderId, string Sku), int> _open = [];

    public OrderLinesAreStockMovements(IEnumerable<IAnnouncements> announcements)
    {
        Type[] heard = [typeof(OrderPlacedAnnouncement), typeof(OrderCancelledAnnouncement), typeof(StockChangedAnnouncement)];
        _announcers = announcements
            .SelectMany(announcer => announcer.Announced.Where(announced => heard.Contains(announced.Key)).SelectMany(announced => announced.Value).Select(source => (source, announcer)))
            .ToFrozenDictionary(pair => pair.source, pair => pair.announcer);
    }

    /// <inheritdoc />
    public override string Statement => "an order's lines are its stock movements, in the same transaction";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state)
    {
        if (!_announcers.TryGetValue(@event.Data.GetType(), out var announcer))
        {
            return null;
        }

        switch (announcer.Announce(@event))
        {
            case OrderPlacedAnnouncement placed:
                Book(placed.OrderId, placed.Lines, 1);
                break;
            case OrderCancelledAnnouncement cancelled:
                Book(cancelled.OrderId, cancelled.Lines, -1);
                break;
            case StockChangedAnnouncement { OrderId: { } order } stock:
                Book(order, stock.Sku, -stock.TakenByOrder);
                break;
            default:
                break;
        }

        return null;
    }

    /// <inheritdoc />
    public override string? AfterTransaction()
    {
        if (_open.Count == 0)
        {
            return null;
        }

        var ((order, sku), units) = _open.First();
        _open.Clear();
        return units > 0
            ? $"order {order} has {units} of {sku} that stock did not give"
            : $"stock gave order {order} {-units} of {sku} that it has no line for";
    }

    private void Book(Guid order, IReadOnlyList<OrderedLine> lines, int sign)
    {
        foreach (var line in lines)
        {
            Book(order, line.Sku, sign * line.Quantity);
        }
    }

    // What is even is forgotten, so the table holds what one transaction has left open and no more.
    private void Book(Guid order, string sku, int units)
    {
        var sum = _open.GetValueOrDefault((order, sku)) + units;
        if (sum == 0)
        {
            _open.Remove((order, sku));
        }
        else
        {
            _open[(order, sku)] = sum;
        }
    }
}
