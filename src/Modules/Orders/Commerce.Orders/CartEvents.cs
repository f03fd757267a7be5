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
/// <param name="SetAt">When, UTC; unknown in old carts, which are as old as their opening.</param>
internal sealed record CartItemSet(string Sku, int Quantity, Guid ProductId, string Name, decimal UnitAmount, DateTimeOffset? SetAt = null);

/// <summary>A SKU was taken out of the cart.</summary>
internal sealed record CartItemRemoved(string Sku, DateTimeOffset? RemovedAt = null);

/// <summary>A SKU was put aside for later, with its quantity and price.</summary>
internal sealed record CartItemSavedForLater(string Sku, DateTimeOffset SavedAt);

/// <summary>A SKU that was saved for later is in the cart again.</summary>
internal sealed record CartItemMovedToCart(string Sku, DateTimeOffset MovedAt);

/// <summary>A SKU that was saved for later is not wanted any more.</summary>
internal sealed record CartSavedItemForgotten(string Sku, DateTimeOffset ForgottenAt);

/// <summary>A SKU that was saved for later in a merged cart is saved for later here.</summary>
internal sealed record CartSavedItemTakenOver(string Sku, int Quantity, Guid ProductId, string Name, decimal UnitAmount);

/// <summary>Where to write to; null when the shopper took the address back.</summary>
internal sealed record CartEmailTold(string? Email, DateTimeOffset ToldAt);

/// <summary>Where the goods shall go; null when the shopper took the address back.</summary>
internal sealed record CartShippingAddressTold(PostalAddress? ShippingAddress, DateTimeOffset ToldAt);

/// <summary>How the goods shall go; null for the shop's usual way.</summary>
internal sealed record CartShippingMethodTold(string? ShippingMethod, DateTimeOffset ToldAt);

/// <summary>A coupon lies in the cart; whether it counts is seen when the cart is priced.</summary>
internal sealed record CartCouponApplied(string Code, DateTimeOffset AppliedAt);

/// <summary>A coupon was taken out of the cart.</summary>
internal sealed record CartCouponRemoved(string Code, DateTimeOffset RemovedAt);

/// <summary>The cart became an order.</summary>
internal sealed record CartCheckedOut(Guid OrderId, DateTimeOffset CheckedOutAt);

/// <summary>The cart's items went into another cart.</summary>
internal sealed record CartMergedInto(Guid CartId, DateTimeOffset MergedAt);
