namespace Commerce.Inventory.ReadModels;

/// <summary>An open reservation whose time has passed.</summary>
internal sealed record ExpiredReservation(Guid Id, string[] Skus);
