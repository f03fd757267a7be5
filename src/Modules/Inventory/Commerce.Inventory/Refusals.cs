using Commerce.Inventory.Contracts;
using Commerce.Outcomes;

namespace Commerce.Inventory;

/// <summary>Fewer units can be had than were asked for.</summary>
/// <param name="Shortages">Every short SKU.</param>
[Problem(409, "insufficient-stock", "There is not enough stock")]
internal sealed record InsufficientStock(IReadOnlyList<StockShortage> Shortages)
    : Refusal("Not enough stock of " + string.Join(", ", Shortages.Select(s => $"{s.Sku} (requested {s.Requested}, available {s.Available})")) + ".");

/// <summary>The change would take units that are promised.</summary>
[Problem(409, "stock-is-reserved", "Reserved units cannot be taken away")]
internal sealed record StockReservedBelow(string Sku, string Location, int Delta, int OnHand, int Reserved)
    : Refusal($"{Sku} has {OnHand} units at {Location}, of which {Reserved} are reserved: it cannot change by {Delta}.");

/// <summary>No counter may grow past this.</summary>
[Problem(409, "stock-limit-reached", "A SKU cannot have that many units")]
internal sealed record StockLimitReached(string Sku, int Limit) : Refusal($"{Sku} would have more than {Limit} units.");

/// <summary>Nothing was ever recorded for the SKU.</summary>
[Problem(404, "stock-not-found", "There is no stock of this SKU")]
internal sealed record StockNotFound(string Sku) : Refusal($"Nothing was ever recorded for the stock of {Sku}.");

/// <summary>The stock has fewer versions than that.</summary>
[Problem(404, "stock-version-not-found", "The stock has no such version yet")]
internal sealed record StockVersionNotFound(string Sku, long Version) : Refusal($"The stock of {Sku} has not reached version {Version}.");

/// <summary>Nobody opened the location.</summary>
[Problem(404, "location-not-found", "There is no such location")]
internal sealed record LocationNotFound(string Location) : Refusal($"There is no location '{Location}'.");

/// <summary>The code is taken.</summary>
[Problem(409, "location-exists", "The location exists")]
internal sealed record LocationExists(string Location) : Refusal($"The location '{Location}' exists already.");

/// <summary>Nobody made the reservation.</summary>
[Problem(404, "reservation-not-found", "There is no such reservation")]
internal sealed record ReservationNotFound(Guid ReservationId) : Refusal($"There is no reservation {ReservationId}.");

/// <summary>The id stands for another reservation.</summary>
[Problem(409, "reservation-exists", "The reservation exists")]
internal sealed record ReservationExists(Guid ReservationId) : Refusal($"The reservation {ReservationId} was made before, with other lines or since ended.");

/// <summary>The reservation holds nothing any more.</summary>
[Problem(409, "reservation-ended", "The reservation has ended")]
internal sealed record ReservationEnded(Guid ReservationId, string ReservationStatus) : Refusal($"The reservation {ReservationId} is {ReservationStatus}.");
