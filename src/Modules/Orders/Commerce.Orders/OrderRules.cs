using Commerce.EventStore;
using Commerce.EventStore.Verification;
using Commerce.Orders.Paying;
using Commerce.Orders.Pricing;

namespace Commerce.Orders;

/// <summary>What a shopper was shown adds up.</summary>
internal sealed class OrdersAddUp : ReplayRule
{
    /// <inheritdoc />
    public override string Statement => "an order's total is the sum of its parts, its subtotal, discount and tax those of its lines and shipping, one line per SKU";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state) =>
        @event.Data switch
        {
            OrderPlaced placed when !AddUp(placed.Lines, placed.Totals, placed.Discounts, placed.Currency) => $"order {placed.Number}: {placed.Totals}",
            OrderEdited edited when state is Order order && !AddUp(edited.Lines, edited.Totals, edited.Discounts, order.Totals.Total.Currency) => $"order {order.Number}: {edited.Totals}",
            _ => null,
        };

    private static bool AddUp(IReadOnlyList<PlacedLine> lines, PlacedTotals totals, IReadOnlyList<OrderDiscount>? discounts, string currency)
    {
        var sum = 0m;
        for (var i = 0; i < lines.Count; i++)
        {
            if (lines[i].Quantity < 1)
            {
                return false;
            }

            for (var before = 0; before < i; before++)
            {
                if (string.Equals(lines[before].Sku, lines[i].Sku, StringComparison.Ordinal))
                {
                    return false;
                }
            }

            sum += lines[i].UnitAmount * lines[i].Quantity;
        }

        return sum == totals.Subtotal && OrderTotals.Of(totals, currency).Total.Amount == totals.Total && TellsItsParts(lines, totals, discounts);
    }

    // Orders of the time before lines told their discounts and taxes tell the sums alone.
    private static bool TellsItsParts(IReadOnlyList<PlacedLine> lines, PlacedTotals totals, IReadOnlyList<OrderDiscount>? discounts)
    {
        var (off, added, included) = (totals.ShippingDiscount ?? 0m, totals.ShippingTax?.Added() ?? 0m, totals.ShippingTax is { IsIncluded: true } on ? on.Amount : 0m);
        foreach (var line in lines)
        {
            var here = line.Discounts is { Count: > 0 } parts ? parts.Sum(part => part.Amount) : 0m;
            if (here > line.UnitAmount * line.Quantity)
            {
                return false;
            }

            off += here;
            added += line.Tax?.Added() ?? 0m;
            included += line.Tax is { IsIncluded: true } tax ? tax.Amount : 0m;
        }

        var isOld = discounts is null && totals.ShippingTax is null && lines.All(line => line.Tax is null);
        return isOld || (off == totals.Discount && (discounts?.Sum(one => one.Amount) ?? 0m) == totals.Discount && added == totals.Tax && included == (totals.IncludedTax ?? 0m));
    }
}

/// <summary>An order begins once and is called off at most once.</summary>
internal sealed class OrdersArePlacedOnce : ReplayRule
{
    private readonly HashSet<Guid> _cancelled = [];

    /// <inheritdoc />
    public override string Statement => "an order is placed once, first, and cancelled at most once";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state) => @event.Data switch
    {
        OrderPlaced placed when @event.Version != 1 => $"{placed.Number} was placed as version {@event.Version}",
        OrderCancelled when !_cancelled.Add(@event.StreamId) => "cancelled again",
        OrderCancelled when @event.Version == 1 => "cancelled before it was placed",
        _ => null,
    };
}

/// <summary>What a cancelled order gives back is what it took.</summary>
internal sealed class CancelledOrdersGiveEverythingBack : ReplayRule
{
    /// <inheritdoc />
    public override string Statement => "a cancelled order gives back exactly its lines";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state)
    {
        if (@event.Data is not OrderCancelled cancelled || state is not Order order)
        {
            return null;
        }

        var open = order.Lines.ToDictionary(line => line.Sku, line => line.Quantity, StringComparer.Ordinal);
        foreach (var line in cancelled.Lines)
        {
            if (!open.Remove(line.Sku, out var taken) || taken != line.Quantity)
            {
                return $"{order.Number}: gave back {line.Quantity} of {line.Sku}, had {taken}";
            }
        }

        return open.Count > 0 ? $"{order.Number}: kept {string.Join(", ", open.Keys)}" : null;
    }
}

/// <summary>No money without an order that asks for it.</summary>
internal sealed class OrdersKeepNoMoneyThatIsNotTheirs : ReplayRule
{
    private readonly Dictionary<Guid, Order> _cancelled = [];

    /// <inheritdoc />
    public override string Statement => "no more is taken than an order costs nor given back than was taken, and a cancelled order keeps and holds nothing that is not on its way back";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state)
    {
        if (state is not Order order)
        {
            return null;
        }

        // The end of the transaction asks for cancelled orders alone, and most are not.
        if (order.Status == OrderStatus.Cancelled)
        {
            _cancelled[@event.StreamId] = order;
        }
        else if (_cancelled.Count > 0)
        {
            _cancelled.Remove(@event.StreamId);
        }

        var payment = order.Payment;
        var goingBack = payment.Through.Refunded + payment.Open(MoneyRequestKind.Refund);
        return payment.Held.Amount < 0 || payment.Held + payment.Captured > payment.Due + goingBack || payment.Refunded > payment.Captured ? $"order {order.Number}: {payment}" : null;
    }

    /// <inheritdoc />
    public override string? AfterTransaction()
    {
        if (_cancelled.Count == 0)
        {
            return null;
        }

        var broken = _cancelled.Values.FirstOrDefault(order => !GoesBack(order.Payment));
        _cancelled.Clear();
        return broken is null ? null : $"order {broken.Number} is cancelled: {broken.Payment}";
    }

    // What staff recorded goes back in the commit that cancels; what payments hold is asked for in it, and staff hears when a provider says no.
    private static bool GoesBack(Payment payment) =>
        payment.HeldByHand.Amount == 0 && payment.RefundableByHand.Amount == 0
        && (payment.Through.Held.Amount == 0 || payment.Open(MoneyRequestKind.Void).Amount > 0)
        && (payment.RefundableThrough.Amount == 0 || payment.Requests.Any(request => request is { Kind: MoneyRequestKind.Refund, Failure: not null }));
}

/// <summary>Goods go out once, paid for, and come back at most once.</summary>
internal sealed class OrdersSendAndTakeBackWhatTheyHold : ReplayRule
{
    /// <inheritdoc />
    public override string Statement => "an order sends no more than it holds and takes no more back than it sent, its status says so, and no return gives back more money than was taken";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state)
    {
        if (state is not Order order || @event.Data is not (ShipmentDispatched or ShipmentDelivered or ReturnRequested or ReturnReceived or OrderEdited or OrderCancelled))
        {
            return null;
        }

        var isAll = true;
        foreach (var line in order.Lines)
        {
            var (sent, claimed) = (order.Shipments.Shipped(line.Sku), order.Returns.Sum(one => one.Claims(line.Sku)));
            isAll &= sent == line.Quantity;
            if (sent > line.Quantity || claimed > sent)
            {
                return $"order {order.Number}: {line.Quantity} of {line.Sku}, {sent} sent, {claimed} on the way back or back";
            }
        }

        var strangers = order.Shipments.SelectMany(shipment => shipment.Lines).Any(sent => order.Lines.All(line => line.Sku != sent.Sku));
        var isSent = order.Status is OrderStatus.PartiallyShipped or OrderStatus.Shipped or OrderStatus.Completed;
        var isFair = order.Returns.Where(one => one.Status == ReturnStatus.Received).Sum(one => one.Refund.Amount) <= order.Payment.Captured.Amount;
        return strangers || !isFair || isSent != order.Shipments.Length > 0 || (isSent && isAll == (order.Status == OrderStatus.PartiallyShipped))
            ? $"order {order.Number} is {order.Status} after {@event.Name}: {order.Shipments.Length} shipments, {order.Payment}"
            : null;
    }
}

/// <summary>A cart becomes one order, and that order is what lay in it.</summary>
internal sealed class CartsBecomeTheirOrders : ReplayRule
{
    private readonly Dictionary<Guid, Order> _orders = [];
    private readonly List<(Guid Id, Cart Cart)> _left = [];

    /// <inheritdoc />
    public override string Statement => "a cart that was checked out became an order of its items in the same commit";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state)
    {
        if (@event.Data is OrderPlaced { CartId: not null })
        {
            _orders[@event.StreamId] = (Order)state;
        }
        else if (@event.Data is CartCheckedOut)
        {
            _left.Add((@event.StreamId, (Cart)state));
        }

        return null;
    }

    /// <inheritdoc />
    public override string? AfterTransaction()
    {
        if (_left.Count == 0 && _orders.Count == 0)
        {
            return null;
        }

        var broken = _left
            .Where(left => left.Cart.OrderId is not { } id
                || _orders.GetValueOrDefault(id) is not { } order
                || order.CartId != left.Id
                || !order.Lines.Select(line => (line.Sku, line.Quantity)).SequenceEqual(left.Cart.Items.Select(item => (item.Sku, item.Quantity))))
            .Select(left => $"cart {left.Id} became order {left.Cart.OrderId}")
            .Concat(_orders.Where(order => !_left.Exists(left => left.Cart.OrderId == order.Key)).Select(order => $"order {order.Key} came from cart {order.Value.CartId}"))
            .FirstOrDefault();
        _orders.Clear();
        _left.Clear();
        return broken;
    }
}

/// <summary>A SKU is in a cart once: wanted now or wanted later.</summary>
internal sealed class CartsHoldEachSkuOnce : ReplayRule
{
    /// <inheritdoc />
    public override string Statement => "a SKU lies in a cart once, in it or saved for later, and neither list is longer than an order";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state)
    {
        if (state is not Cart cart)
        {
            return null;
        }

        var skus = cart.Items.Concat(cart.Saved).GroupBy(item => item.Sku, StringComparer.Ordinal);
        return cart.Items.Count > Cart.MaxLines || cart.Saved.Count > Cart.MaxLines || skus.Any(sku => sku.Skip(1).Any())
            ? $"cart {@event.StreamId} after {@event.Name}: {cart.Items.Count} items, {cart.Saved.Count} saved"
            : null;
    }
}
