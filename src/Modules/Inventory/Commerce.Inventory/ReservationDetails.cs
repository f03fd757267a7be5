namespace Commerce.Inventory;

/// <summary>A reservation as the wire shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="ReservationId">Its id again, under the name that the request gives it.</param>
/// <param name="Status">open, released, expired or converted.</param>
/// <param name="Lines">What it holds or held, one line per SKU.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
/// <param name="Version">The stream's version; the <c>ETag</c>.</param>
/// <param name="OrderId">The order that took its units, or null.</param>
internal sealed record ReservationDetails(Guid Id, Guid ReservationId, string Status, IReadOnlyList<ReservedLine> Lines, DateTimeOffset ExpiresAt, long Version, Guid? OrderId = null)
{
    internal static ReservationDetails Of(Guid id, Reservation reservation, long version, DateTimeOffset now) =>
        new(id, id, Reservation.Word(reservation.StatusAt(now)), reservation.Lines, reservation.ExpiresAt, version, reservation.OrderId);
}
