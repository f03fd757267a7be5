namespace Commerce.Orders;

/// <summary>A shopper took a cart.</summary>
/// <param name="CustomerId">Whose it is, or null for a guest, who knows its id.</param>
/// <param name="Currency">ISO 4217 code of its prices.</param>
/// <param name="OpenedAt">When, UTC.</param>
internal sealed record CartOpened(Guid? CustomerId, string Currency, DateTimeOffset OpenedAt);

/// <summary>A SKU lies in the cart in this quantity, whatever it was before.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Quantity">At least 1.</param>
/// <param name="ProductId">Its product.</param>
/// <param name="Name">The product's name when it was put in.</param>
/// <param name="UnitAmount">Its price when it was put in, in the cart's currency: what later prices are compared with.</param>
internal sealed record CartItemSet(string Sku, int Quantity, Guid ProductId, string Name, decimal UnitAmount);

/// <summary>A SKU was taken out of the cart.</summary>
internal sealed record CartItemRemoved(string Sku);

/// <summary>The cart became an order.</summary>
internal sealed record CartCheckedOut(Guid OrderId, DateTimeOffset CheckedOutAt);

/// <summary>The cart's items went into another cart.</summary>
internal sealed record CartMergedInto(Guid CartId, DateTimeOffset MergedAt);
