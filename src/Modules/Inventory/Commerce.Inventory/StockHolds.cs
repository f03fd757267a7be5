using System.Collections.Immutable;

namespace Commerce.Inventory;

/// <summary>Units that one reservation holds of one SKU.</summary>
internal sealed record StockHold(Guid ReservationId, IReadOnlyList<StockPick> Picks, DateTimeOffset ExpiresAt)
{
    internal int Quantity { get; } = Picks.Sum(pick => pick.Quantity);
}

/// <summary>
/// The open holds of one SKU, by reservation and by expiry. Persistent trees: a popular SKU sits in thousands of carts, and each of them
/// comes and goes with a few nodes copied; an order that touches no hold copies none.
/// </summary>
internal sealed class StockHolds
{
    internal static readonly StockHolds None = new(
        ImmutableDictionary<Guid, StockHold>.Empty,
        ImmutableSortedSet<(DateTimeOffset ExpiresAt, Guid ReservationId)>.Empty);

    private readonly ImmutableDictionary<Guid, StockHold> _byReservation;
    private readonly ImmutableSortedSet<(DateTimeOffset ExpiresAt, Guid ReservationId)> _byExpiry;

    private StockHolds(ImmutableDictionary<Guid, StockHold> byReservation, ImmutableSortedSet<(DateTimeOffset, Guid)> byExpiry)
    {
        _byReservation = byReservation;
        _byExpiry = byExpiry;
    }

    internal int Count => _byReservation.Count;

    /// <summary>All of them, by expiry.</summary>
    internal IEnumerable<StockHold> All => _byExpiry.Select(held => _byReservation[held.ReservationId]);

    internal StockHold? Of(Guid reservationId) => _byReservation.GetValueOrDefault(reservationId);

    /// <summary>Whether any open hold has expired: the cheap question on every decision.</summary>
    internal bool AnyExpiredBy(DateTimeOffset now) => _byExpiry.Count > 0 && _byExpiry.Min.ExpiresAt <= now;

    /// <summary>The holds whose time has passed, the earliest first.</summary>
    internal IEnumerable<StockHold> ExpiredBy(DateTimeOffset now)
    {
        foreach (var (expiresAt, reservationId) in _byExpiry)
        {
            if (expiresAt > now)
            {
                yield break;
            }

            yield return _byReservation[reservationId];
        }
    }

    internal StockHolds With(StockHold hold)
    {
        var without = Without(hold.ReservationId);
        return new StockHolds(without._byReservation.SetItem(hold.ReservationId, hold), without._byExpiry.Add((hold.ExpiresAt, hold.ReservationId)));
    }

    internal StockHolds Without(Guid reservationId) =>
        _byReservation.TryGetValue(reservationId, out var hold)
            ? new StockHolds(_byReservation.Remove(reservationId), _byExpiry.Remove((hold.ExpiresAt, reservationId)))
            : this;
}
