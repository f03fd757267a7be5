namespace Commerce.Inventory.ReadModels;

/// <summary>An open reservation whose time has passed.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Skus">Its SKUs, which have no spaces, parted by spaces.</param>
internal sealed record ExpiredReservation(Guid Id, string Skus);
