namespace Commerce.Inventory.Contracts;

/// <summary>
/// Asked inside a decision: takes stock for an order, all lines or none. Lines of one SKU are summed. A refused answer has staged nothing.
/// </summary>
/// <param name="OrderId">The order; the cause in the ledger.</param>
/// <param name="Lines">What to take; every quantity at least 1.</param>
/// <param name="Destination">Where the goods go, for a rule that serves from nearby; null when nobody knows.</param>
/// <param name="Held">A reservation whose units the order takes before any others; it ends with it.</param>
public sealed record AllocateStock(Guid OrderId, IReadOnlyList<StockLine> Lines, StockDestination? Destination = null, HeldStock? Held = null);

/// <summary>Where an order's goods go.</summary>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="Region">State or province, or null.</param>
public sealed record StockDestination(string Country, string? Region);

/// <summary>A reservation and what it holds; its lines never change.</summary>
/// <param name="ReservationId">The reservation.</param>
/// <param name="Lines">What it holds or held.</param>
public sealed record HeldStock(Guid ReservationId, IReadOnlyList<StockLine> Lines);

/// <summary>
/// Asked inside a decision: gives an order's stock back. The asker says what it took; never more than what is allocated is given back, and an SKU
/// without stock is passed over, so the answer is always done.
/// </summary>
/// <param name="OrderId">The order; the cause in the ledger.</param>
/// <param name="Lines">What to give back; every quantity at least 1.</param>
public sealed record ReleaseStock(Guid OrderId, IReadOnlyList<StockLine> Lines);

/// <summary>
/// Asked inside a decision: an order's units leave the building, so what is on hand and what is reserved fall together, all lines or none. The asker says
/// what it took and has not sent. Units that wait on back-order are not there yet and are short.
/// </summary>
/// <param name="OrderId">The order; the cause in the ledger.</param>
/// <param name="Lines">What leaves; every quantity at least 1.</param>
/// <param name="Owed">What the order still waits to be sent of the same SKUs, these lines included; with it, units that the order has on back-order are told from those that are there.</param>
public sealed record DispatchStock(Guid OrderId, IReadOnlyList<StockLine> Lines, IReadOnlyList<StockLine>? Owed = null);

/// <summary>Asked inside a decision: units that an order had sent are back on the shelf and for sale. The answer is always done.</summary>
/// <param name="OrderId">The order they were sent for.</param>
/// <param name="ReturnId">The return; the cause in the ledger.</param>
/// <param name="Lines">What is back; every quantity at least 1.</param>
public sealed record RestockReturn(Guid OrderId, Guid ReturnId, IReadOnlyList<StockLine> Lines);

/// <summary>So many units of one SKU.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Quantity">At least 1.</param>
public sealed record StockLine(string Sku, int Quantity);

/// <summary>The answer to every question about stock.</summary>
/// <param name="Done">True when all lines were moved.</param>
/// <param name="Shortages">Every SKU that was short; empty when done.</param>
/// <param name="ReservationStatus">What became of the named reservation, when that is why nothing was done: <c>expired</c>, <c>released</c>, <c>converted</c> or <c>none</c>.</param>
public sealed record StockAnswer(bool Done, IReadOnlyList<StockShortage> Shortages, string? ReservationStatus = null);

/// <summary>A SKU of which fewer units can be had than were asked for.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Requested">Units asked for, all lines of the SKU together.</param>
/// <param name="Available">Units that could have been taken.</param>
public sealed record StockShortage(string Sku, int Requested, int Available);
