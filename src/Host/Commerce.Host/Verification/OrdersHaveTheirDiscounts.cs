using Commerce.Orders.Contracts;
using Commerce.Pricing.Contracts;

namespace Commerce.Host.Verification;

/// <summary>The rule between orders and discounts: a discount counts exactly the orders that hold it and are not cancelled, at the end of every transaction.</summary>
internal sealed class OrdersHaveTheirDiscounts(LastAnnouncement announcements) : AnnouncedRule(announcements)
{
    private readonly Dictionary<Guid, HashSet<Guid>> _held = [];
    private readonly Dictionary<Guid, HashSet<Guid>> _used = [];
    private readonly HashSet<Guid> _changed = [];

    /// <inheritdoc />
    public override string Statement => "the uses of a discount are the orders that hold it and are not cancelled";

    /// <inheritdoc />
    protected override void Hear(object announcement)
    {
        switch (announcement)
        {
            case OrderPlacedAnnouncement placed:
                Hold(placed.OrderId, placed.CountedDiscounts);
                break;
            case OrderEditedAnnouncement edited:
                Hold(edited.OrderId, edited.CountedDiscounts);
                break;
            case OrderCancelledAnnouncement cancelled:
                Hold(cancelled.OrderId, null);
                break;
            case DiscountUseAnnouncement use:
                Use(use);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc />
    public override string? AfterTransaction()
    {
        if (_changed.Count == 0)
        {
            return null;
        }

        var broken = _changed.Where(order => !Of(_held, order).SetEquals(Of(_used, order)))
            .Select(order => $"order {order} holds {string.Join(", ", Of(_held, order))} and uses {string.Join(", ", Of(_used, order))}").FirstOrDefault();
        _changed.Clear();
        return broken;
    }

    private static HashSet<Guid> Of(Dictionary<Guid, HashSet<Guid>> discounts, Guid order) => discounts.GetValueOrDefault(order) ?? [];

    private void Hold(Guid order, IReadOnlyList<Guid>? discounts)
    {
        // Most orders hold none: they leave no trace here.
        if (discounts is { Count: > 0 })
        {
            _held[order] = [.. discounts];
            _changed.Add(order);
        }
        else if (_held.Remove(order))
        {
            _changed.Add(order);
        }
    }

    private void Use(DiscountUseAnnouncement use)
    {
        _changed.Add(use.OrderId);
        if (use.IsUsed)
        {
            (_used.TryGetValue(use.OrderId, out var known) ? known : _used[use.OrderId] = []).Add(use.DiscountId);
        }
        else if (_used.TryGetValue(use.OrderId, out var uses) && uses.Remove(use.DiscountId) && uses.Count == 0)
        {
            _used.Remove(use.OrderId);
        }
    }
}
