using Commerce.Catalog.Contracts;
using Commerce.Inventory.Contracts;
using Commerce.Monetary;
using Commerce.Orders.Placing;
using Commerce.Orders.Pricing;
using Commerce.Pricing.Contracts;

namespace Commerce.Orders.ReadModels;

/// <summary>
/// Offers, stock levels and the rules of money for a cart at one moment, and what the shop asks of a checkout; the data from which a cart is shown. Pure.
/// </summary>
internal sealed record CartQuote(IReadOnlyDictionary<string, SkuOffer> Offers, IReadOnlyDictionary<string, StockLevel> Levels, CheckoutRules Rules, OrderPricing Pricing)
{
    /// <summary>Discounts that this buyer has used up.</summary>
    public IReadOnlyCollection<Guid> Excluded { get; init; } = [];

    /// <summary>The cart at these offers and levels.</summary>
    /// <param name="id">The cart.</param>
    /// <param name="version">Its version.</param>
    /// <param name="cart">Its state.</param>
    /// <param name="told">What a checkout tells beside it, or null.</param>
    /// <param name="estimate">Where the goods might go while no address is told, or null.</param>
    public CartResponse Show(Guid id, long version, Cart cart, CheckoutDetails? told = null, Destination? estimate = null)
    {
        var details = told ?? CheckoutDetails.Of(cart);
        var quote = Price(cart, details, estimate);
        var lines = quote.Lines.ToDictionary(line => line.Sku, StringComparer.Ordinal);
        var items = cart.Items.ConvertAll(item => Show(item, lines.GetValueOrDefault(item.Sku)));
        var (currency, isPlaced) = (cart.Currency, details.ShippingAddress is not null || estimate is not null);
        var subtotal = Money.Of(quote.Subtotal, currency);
        return new CartResponse(
            id, cart.Status, cart.CustomerId, currency, items, cart.Saved.ConvertAll(item => Show(item, null)), subtotal,
            quote.Shipping is { } way ? Money.Of(way.Amount, currency) : null, isPlaced ? Money.Of(quote.Tax, currency) : null, Money.Of(quote.Discount, currency),
            Money.Of(quote.Total, currency), Money.Of(quote.IncludedTax, currency), Money.Of(quote.Shipping?.Discount ?? 0m, currency),
            AppliedTaxResponse.Of(PlacedTax.Of(quote.Shipping?.Tax), currency),
            [.. quote.Discounts.Select(one => new AppliedDiscountResponse(one.Code, one.Label, Money.Of(one.Amount, currency)))],
            [.. quote.Coupons.Select(coupon => new CartCouponResponse(coupon.Code, coupon.IsApplied, CouponRefusals.Slug(coupon.Fault), coupon.Detail))],
            [.. items.SelectMany(Changed)], [.. Rules.Missing(cart, items, subtotal, quote, details)],
            cart.Email, cart.ShippingAddress, cart.ShippingMethod, cart.OrderId, cart.MergedInto, cart.ExpiresAt, version);
    }

    /// <summary>The sums of what is for sale.</summary>
    public PriceQuote Price(Cart cart, CheckoutDetails told, Destination? estimate = null)
    {
        var goods = Goods(cart);
        var destination = told.ShippingAddress is { } address ? new Destination(address.Country, address.Region) : estimate;
        // Nothing is sent nowhere.
        return Pricing.Quote(cart.Currency, goods, goods.Count == 0 ? null : destination, told.ShippingMethod, cart.Coupons, Excluded);
    }

    /// <summary>The goods that are for sale.</summary>
    public IReadOnlyList<GoodsLine> Goods(Cart cart) =>
        [.. cart.Items.Where(item => Offers.ContainsKey(item.Sku)).Select(item => OrderPricing.Goods(Offers[item.Sku], item.Quantity))];

    private static IEnumerable<CartChange> Changed(CartItemResponse item) => item.Changes.Select(kind => kind switch
    {
        CartChange.InsufficientStock => new CartChange(item.Sku, kind, item.Quantity, Math.Max(0, item.Available)),
        _ => new CartChange(item.Sku, kind, item.AddedUnitPrice, item.UnitPrice),
    });

    private CartItemResponse Show(CartItem item, QuotedLine? quoted)
    {
        var changes = new List<string>(2);
        Money? price = Offers.TryGetValue(item.Sku, out var offer) ? Money.Of(offer.UnitAmount, offer.Currency) : null;
        if (price is null)
        {
            changes.Add(CartChange.Unavailable);
        }
        else if (price != item.UnitPrice)
        {
            changes.Add(price > item.UnitPrice ? CartChange.PriceRaised : CartChange.PriceLowered);
        }

        var level = Levels.GetValueOrDefault(item.Sku) ?? new StockLevel(item.Sku, 0, Availabilities.OutOfStock);
        if (level.Available < item.Quantity && level.Availability != Availabilities.Backorder)
        {
            changes.Add(CartChange.InsufficientStock);
        }

        var currency = item.UnitPrice.Currency;
        return new CartItemResponse(
            item.Sku, item.ProductId, offer?.ProductName ?? item.Name, item.Quantity, price, price * item.Quantity, item.UnitPrice,
            level.Availability, level.Available, changes, level.ReleaseAt,
            [.. (quoted?.Discounts ?? []).Select(part => new AppliedDiscountResponse(part.Code, part.Label, Money.Of(part.Amount, currency)))],
            AppliedTaxResponse.Of(PlacedTax.Of(quoted?.Tax), currency));
    }
}

/// <summary>Asks the catalog, the inventory and the pricing for what a cart is shown with.</summary>
internal sealed class CartQuotes(IPriceBook prices, IStockLevels levels, CurrentPricing pricings, IRuleBook book, CheckoutRules rules, TimeProvider clock)
{
    /// <summary>The cart as it stands now, at the shop's offers and levels.</summary>
    public async ValueTask<CartResponse> ShowAsync(Guid id, Cart cart, long version, CancellationToken cancellationToken, Destination? estimate = null) =>
        (await QuoteAsync(cart, cancellationToken)).Show(id, version, cart.At(clock.GetUtcNow(), rules.CartLifetime), null, estimate);

    /// <summary>The quote for the items of a cart, those saved for later included.</summary>
    public async ValueTask<CartQuote> QuoteAsync(Cart cart, CancellationToken cancellationToken)
    {
        var lines = cart.Items.AddRange(cart.Saved).ConvertAll(item => new SkuQuantity(item.Sku, item.Quantity));
        var quote = await QuoteAsync(lines, cart.Currency, cart.CustomerId, cart.Email, cart.Coupons, cancellationToken);
        var counted = quote.Price(cart, CheckoutDetails.Of(cart)).Discounts.Where(discount => discount.IsCounted).Select(discount => discount.DiscountId).ToList();
        return counted.Count == 0 ? quote : quote with { Excluded = await book.UsedUpAsync(counted, quote.Pricing.Buyer.Key, cancellationToken) };
    }

    /// <summary>The quote for these lines.</summary>
    public async ValueTask<CartQuote> QuoteAsync(
        IReadOnlyList<SkuQuantity> lines, string currency, Guid? customerId, string? email, IReadOnlyList<string> coupons, CancellationToken cancellationToken)
    {
        var pricing = await pricings.ForAsync(customerId, email, coupons, cancellationToken);
        return lines.Count == 0
            ? new CartQuote(new Dictionary<string, SkuOffer>(), new Dictionary<string, StockLevel>(), rules, pricing)
            : new CartQuote(
                await prices.OffersAsync(lines, currency, pricing.Buyer.Group, OrdersOptions.DefaultLocale, cancellationToken),
                await levels.LevelsAsync([.. lines.Select(line => line.Sku).Distinct(StringComparer.Ordinal)], cancellationToken),
                rules, pricing);
    }
}
