using Commerce.Monetary;
using Commerce.Orders.Pricing;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Pricing.Contracts;

namespace Commerce.Orders.Placing;

/// <summary>What a shopper has told so far: with the cart, or with the checkout itself, which goes before.</summary>
internal sealed record CheckoutDetails(string? Email, PostalAddress? ShippingAddress, string? ShippingMethod, bool HasPayment)
{
    /// <summary>What the cart alone knows.</summary>
    public static CheckoutDetails Of(Cart cart) => new(cart.Email, cart.ShippingAddress, cart.ShippingMethod, HasPayment: false);
}

/// <summary>
/// What the shop asks of an order before it takes it. The list that a cart shows as advice is the very list that its checkout is refused by, so no front end
/// can be told that all is well and then be turned away for something that the shop had known.
/// </summary>
internal sealed class CheckoutRules(OrdersOptions options)
{
    /// <summary>How long a cart is kept after its last change.</summary>
    public TimeSpan CartLifetime => options.CartLifetime;

    /// <summary>What is missing, in the order in which a shopper would see to it.</summary>
    public IEnumerable<CartRequirement> Missing(Cart cart, IReadOnlyList<CartItemResponse> items, Money subtotal, PriceQuote quote, CheckoutDetails told)
    {
        if (cart.Status != CartStatus.Open)
        {
            yield return cart.Status == CartStatus.Expired
                ? new CartRequirement(CartRequirement.Expired, "The cart was not changed for too long; open a new one.")
                : new CartRequirement(CartRequirement.Closed, "The cart is closed; open a new one.");
            yield break;
        }

        if (items.Count == 0)
        {
            yield return new CartRequirement(CartRequirement.Items, "The cart is empty.");
        }

        foreach (var item in items)
        {
            if (item.UnitPrice is null)
            {
                yield return new CartRequirement(CartRequirement.ForSale, "This item is not for sale at the moment; take it out.", item.Sku);
            }
            else if (item.Lacks)
            {
                yield return new CartRequirement(CartRequirement.Stock, $"Only {Math.Max(item.Available, 0)} can be had; lower the quantity.", item.Sku);
            }
        }

        if (items.Count > 0 && Shortfall(subtotal) is { } shortfall)
        {
            yield return new CartRequirement(CartRequirement.Minimum, $"The shop takes orders from {subtotal + shortfall} on; {shortfall} are missing.");
        }

        if (told.ShippingAddress is null)
        {
            yield return new CartRequirement(CartRequirement.Address, "Checkout asks for a shipping address.", Field: "shippingAddress");
        }

        if (quote.ShippingFault == ShippingFault.Unknown)
        {
            yield return new CartRequirement(CartRequirement.Method, "This shipping method is not offered.", Field: "shippingMethod");
        }
        else if (quote.ShippingFault == ShippingFault.Unavailable)
        {
            yield return new CartRequirement(CartRequirement.Method, "These goods do not go to this address this way; choose another shipping method.");
        }

        foreach (var coupon in quote.Coupons.Where(coupon => coupon.Fault != CouponFault.None))
        {
            yield return new CartRequirement(CartRequirement.Coupon, $"Coupon {coupon.Code}: {coupon.Detail} Take it out of the cart.");
        }

        if (EmailIsMissing(told.Email))
        {
            yield return new CartRequirement(CartRequirement.Email, "Checkout asks for an e-mail address.", Field: "email");
        }

        if (!told.HasPayment)
        {
            yield return new CartRequirement(CartRequirement.Payment, "Checkout asks for a way to pay.", Field: "payment");
        }
    }

    /// <summary>
    /// The gate: the same list as a refusal, or null. Of stock the decision has the last word, because what is read here may be a moment old; of coupons and
    /// of ways that are not open the pricing, which tells them apart.
    /// </summary>
    public Refusal? Gate(Cart cart, CartResponse shown)
    {
        var missing = shown.Requirements
            .Where(one => one.Code is not (CartRequirement.Stock or CartRequirement.Coupon) && (one.Code != CartRequirement.Method || one.Field is not null)).ToList();
        var fields = missing.Where(one => one.Field is not null).ToList();
        return missing.Count == 0 ? null
            : missing[0].Code is CartRequirement.Closed ? new CartClosed(cart.Status, cart.OrderId, cart.MergedInto)
            : missing[0].Code is CartRequirement.Expired ? new CartHasExpired(cart.ExpiresAt!.Value)
            : fields.Count > 0 ? new ValidationFailed(fields.ToDictionary(one => one.Field!, one => new[] { one.Message }, StringComparer.Ordinal))
            : missing[0].Code is CartRequirement.Items ? new CartIsEmpty()
            : missing.Where(one => one.Code == CartRequirement.ForSale).Select(one => one.Sku!).ToList() is { Count: > 0 } gone ? new SkuUnavailable(gone)
            : new OrderBelowMinimum(shown.Subtotal, shown.Subtotal + Shortfall(shown.Subtotal)!.Value);
    }

    /// <summary>Whether an order of these goods is too small.</summary>
    public OrderBelowMinimum? TooSmall(Money subtotal) => Shortfall(subtotal) is { } shortfall ? new OrderBelowMinimum(subtotal, subtotal + shortfall) : null;

    /// <summary>Whether an order needs an address to write to and has none.</summary>
    public bool EmailIsMissing(string? email) => options.RequireEmail && email is null;

    private Money? Shortfall(Money subtotal) =>
        options.MinimumSubtotal.TryGetValue(subtotal.Currency, out var least) && Money.Rounded(least, subtotal.Currency) is var minimum && subtotal < minimum
            ? minimum - subtotal
            : null;
}

/// <summary>The goods are worth less than the least order that the shop takes.</summary>
[Problem(409, "order-below-minimum", "The order is too small")]
internal sealed record OrderBelowMinimum(Money Subtotal, Money Minimum) : Refusal($"The shop takes orders from {Minimum} on; the goods are worth {Subtotal}.");
