using Commerce.Catalog.Contracts;
using Commerce.Inventory.Contracts;
using Commerce.Monetary;
using Commerce.Orders.Placing;

namespace Commerce.Orders.ReadModels;

/// <summary>Offers and stock levels for a cart's items at one moment, and what the shop asks of a checkout; the data from which a cart is shown. Pure.</summary>
internal sealed record CartQuote(IReadOnlyDictionary<string, SkuOffer> Offers, IReadOnlyDictionary<string, StockLevel> Levels, CheckoutRules Rules)
{
    /// <summary>The cart at these offers and levels.</summary>
    public CartResponse Show(Guid id, long version, Cart cart, CheckoutDetails? told = null)
    {
        var items = cart.Items.ConvertAll(Show);
        var subtotal = items.Aggregate(Money.Zero(cart.Currency), static (sum, item) => item.Total is { } total ? sum + total : sum);
        return new CartResponse(
            id, cart.Status, cart.CustomerId, cart.Currency, items, cart.Saved.ConvertAll(Show), subtotal, [.. items.SelectMany(Changed)],
            [.. Rules.Missing(cart, items, subtotal, told ?? CheckoutDetails.Of(cart))],
            cart.Email, cart.ShippingAddress, cart.ShippingMethod, cart.OrderId, cart.MergedInto, cart.ExpiresAt, version);
    }

    private static IEnumerable<CartChange> Changed(CartItemResponse item) => item.Changes.Select(kind => kind switch
    {
        CartChange.InsufficientStock => new CartChange(item.Sku, kind, item.Quantity, Math.Max(0, item.Available)),
        _ => new CartChange(item.Sku, kind, item.AddedUnitPrice, item.UnitPrice),
    });

    private CartItemResponse Show(CartItem item)
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

        return new CartItemResponse(
            item.Sku, item.ProductId, offer?.ProductName ?? item.Name, item.Quantity, price, price * item.Quantity, item.UnitPrice,
            level.Availability, level.Available, changes, level.ReleaseAt);
    }
}

/// <summary>Asks the catalog and the inventory for what a cart is shown with.</summary>
internal sealed class CartQuotes(IPriceBook prices, IStockLevels levels, CheckoutRules rules, TimeProvider clock)
{
    /// <summary>The cart as it stands now, at the shop's offers and levels.</summary>
    public async ValueTask<CartResponse> ShowAsync(Guid id, Cart cart, long version, CancellationToken cancellationToken) =>
        (await QuoteAsync(cart, cancellationToken)).Show(id, version, cart.At(clock.GetUtcNow(), rules.CartLifetime));

    /// <summary>The quote for the items of a cart, those saved for later included.</summary>
    public ValueTask<CartQuote> QuoteAsync(Cart cart, CancellationToken cancellationToken) =>
        QuoteAsync(cart.Items.AddRange(cart.Saved).ConvertAll(item => new SkuQuantity(item.Sku, item.Quantity)), cart.Currency, cancellationToken);

    /// <summary>The quote for these lines.</summary>
    public async ValueTask<CartQuote> QuoteAsync(IReadOnlyList<SkuQuantity> lines, string currency, CancellationToken cancellationToken) => lines.Count == 0
        ? new CartQuote(new Dictionary<string, SkuOffer>(), new Dictionary<string, StockLevel>(), rules)
        : new CartQuote(
            await prices.OffersAsync(lines, currency, null, OrdersOptions.DefaultLocale, cancellationToken),
            await levels.LevelsAsync([.. lines.Select(line => line.Sku).Distinct(StringComparer.Ordinal)], cancellationToken),
            rules);
}
