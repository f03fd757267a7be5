namespace Commerce.Inventory;

/// <summary>Units of one SKU, all lines of the SKU together.</summary>
internal sealed record ReservedLine(string Sku, int Quantity);

/// <summary>All lines were held.</summary>
internal sealed record ReservationMade(IReadOnlyList<ReservedLine> Lines, DateTimeOffset ExpiresAt);

/// <summary>It lasts longer.</summary>
internal sealed record ReservationExtended(DateTimeOffset ExpiresAt);

/// <summary>It was given up.</summary>
internal sealed record ReservationReleased;

/// <summary>Its time passed at <paramref name="ExpiredAt"/>; the units were free from then on, whenever this was recorded.</summary>
internal sealed record ReservationExpired(DateTimeOffset ExpiredAt);

/// <summary>An order took its units.</summary>
internal sealed record ReservationConverted(Guid OrderId);
