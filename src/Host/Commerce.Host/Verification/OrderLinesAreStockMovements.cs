using Commerce.Inventory.Contracts;
using Commerce.Orders.Contracts;

namespace Commerce.Host.Verification;

/// <summary>
/// The rule between two modules, told in their contracts alone and therefore declared where they meet: whatever orders say in a transaction, stock does in the same one.
/// </summary>
internal sealed class OrderLinesAreStockMovements(LastAnnouncement announcements) : AnnouncedRule(announcements)
{
    private readonly Dictionary<(Guid OrderId, string Sku, bool IsSending), int> _open = [];

    /// <inheritdoc />
    public override string Statement => "an order's lines, shipments and returns are its stock movements, in the same transaction";

    /// <inheritdoc />
    protected override void Hear(object announcement)
    {
        switch (announcement)
        {
            case OrderPlacedAnnouncement placed:
                Book(placed.OrderId, placed.Lines, 1);
                break;
            case OrderCancelledAnnouncement cancelled:
                Book(cancelled.OrderId, cancelled.Lines, -1);
                break;
            case StockChangedAnnouncement { OrderId: { } order } stock:
                Book(order, stock.Sku, -stock.TakenByOrder);
                Book(order, stock.Sku, -stock.SentForOrder, isSending: true);
                break;
            case OrderEditedAnnouncement edited:
                Book(edited.OrderId, edited.Changes, 1, isSending: false);
                break;
            case OrderShippedAnnouncement shipped:
                Book(shipped.OrderId, shipped.Lines, 1, isSending: true);
                break;
            case OrderReturnReceivedAnnouncement returned:
                Book(returned.OrderId, returned.Restocked, -1, isSending: true);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc />
    public override string? AfterTransaction()
    {
        if (_open.Count == 0)
        {
            return null;
        }

        var ((order, sku, isSending), units) = _open.First();
        _open.Clear();
        return isSending ? $"order {order} says that {units} more of {sku} were sent than stock does"
            : units > 0 ? $"order {order} has {units} of {sku} that stock did not give"
            : $"stock gave order {order} {-units} of {sku} that it has no line for";
    }

    private void Book(Guid order, IReadOnlyList<OrderedLine> lines, int sign)
    {
        foreach (var line in lines)
        {
            Book(order, line.Sku, sign * line.Quantity);
        }
    }

    private void Book(Guid order, IReadOnlyList<OrderedUnits> lines, int sign, bool isSending)
    {
        foreach (var line in lines)
        {
            Book(order, line.Sku, sign * line.Quantity, isSending);
        }
    }

    // What is even is forgotten, so the table holds what one transaction has left open and no more.
    private void Book(Guid order, string sku, int units, bool isSending = false)
    {
        var sum = _open.GetValueOrDefault((order, sku, isSending)) + units;
        if (sum == 0)
        {
            _open.Remove((order, sku, isSending));
        }
        else
        {
            _open[(order, sku, isSending)] = sum;
        }
    }
}
