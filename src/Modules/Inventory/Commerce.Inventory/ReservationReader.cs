using Commerce.EventStore;
using Commerce.Inventory.Contracts;

namespace Commerce.Inventory;

/// <summary>Reads a reservation's lines from its few events: they never change, so an old answer is as good as a new one.</summary>
internal sealed class ReservationReader(IEventStore store) : IReservations
{
    /// <inheritdoc />
    public async ValueTask<HeldStock?> FindAsync(Guid reservationId, CancellationToken ct)
    {
        var (reservation, version) = await store.LoadAsync<Reservation>(reservationId, null, null, ct);
        return version == 0 ? null : new HeldStock(reservationId, [.. reservation.Lines.Select(line => new StockLine(line.Sku, line.Quantity))]);
    }
}
