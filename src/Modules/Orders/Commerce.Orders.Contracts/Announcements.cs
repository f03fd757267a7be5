namespace Commerce.Orders.Contracts;

/// <summary>An order was placed and its stock taken.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="CustomerId">The customer, or null for a guest.</param>
/// <param name="SessionId">The shopper's browsing session as the storefront named it, or null.</param>
/// <param name="Lines">What was bought, one line per SKU.</param>
/// <param name="PlacedAt">When, UTC.</param>
public sealed record OrderPlacedAnnouncement(
    Guid OrderId, Guid? CustomerId, string? SessionId, IReadOnlyList<OrderedLine> Lines, DateTimeOffset PlacedAt);

/// <summary>An order was cancelled and its stock given back.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="CustomerId">The customer, or null for a guest.</param>
/// <param name="SessionId">The session that placed it, or null.</param>
/// <param name="Lines">What had been bought, one line per SKU.</param>
/// <param name="CancelledAt">When, UTC.</param>
public sealed record OrderCancelledAnnouncement(
    Guid OrderId, Guid? CustomerId, string? SessionId, IReadOnlyList<OrderedLine> Lines, DateTimeOffset CancelledAt);

/// <summary>One SKU of an order.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="ProductId">The product it is a variant of.</param>
/// <param name="Quantity">How many, at least 1.</param>
public sealed record OrderedLine(string Sku, Guid ProductId, int Quantity);
