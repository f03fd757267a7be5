namespace Commerce.Inventory.Contracts;

/// <summary>What a reservation holds, for those who want to buy it.</summary>
public interface IReservations
{
    /// <summary>The reservation with what it holds or held, ended ones included; null when nobody made it.</summary>
    ValueTask<HeldStock?> FindAsync(Guid reservationId, CancellationToken ct);
}
