using System.Collections.Immutable;
using Commerce.Catalog.Contracts;
using Commerce.Inventory.Contracts;
using Commerce.Monetary;

namespace Commerce.Orders.ReadModels;

/// <summary>A cart as its shopper sees it: at today's prices, with what changed since its items were put in.</summary>
/// <param name="Id">The cart's id; a guest's cart is open to whoever knows it.</param>
/// <param name="Status">Whether it can be filled and checked out.</param>
/// <param name="CustomerId">Whose it is, or null for a guest's.</param>
/// <param name="Currency">ISO 4217 code of its prices.</param>
/// <param name="Items">What lies in it, in the order it was put in.</param>
/// <param name="Subtotal">The sum of the items that are for sale.</param>
/// <param name="Requirements">What stands between the cart and its checkout; empty when nothing does but the shopper's details.</param>
/// <param name="OrderId">The order that it became.</param>
/// <param name="MergedInto">The cart that its items went into.</param>
/// <param name="Version">The number of its events, also in <c>ETag</c>.</param>
internal sealed record CartResponse(
    Guid Id,
    CartStatus Status,
    Guid? CustomerId,
    string Currency,
    IReadOnlyList<CartItemResponse> Items,
    Money Subtotal,
    IReadOnlyList<CartRequirement> Requirements,
    Guid? OrderId,
    Guid? MergedInto,
    long Version);

/// <summary>A SKU in a cart.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="ProductId">Its product.</param>
/// <param name="Name">The product's name.</param>
/// <param name="Quantity">How many.</param>
/// <param name="UnitPrice">What one costs now; null when it is not for sale.</param>
/// <param name="Total">What all of them cost now; null when it is not for sale.</param>
/// <param name="AddedUnitPrice">What one cost when it was put in.</param>
/// <param name="Availability"><c>inStock</c>, <c>lowStock</c>, <c>outOfStock</c> or <c>backorder</c>.</param>
/// <param name="Available">Units that can be had now.</param>
/// <param name="Changes">What changed since it was put in: <c>priceRaised</c>, <c>priceLowered</c>, <c>unavailable</c>, <c>insufficientStock</c>.</param>
internal sealed record CartItemResponse(
    string Sku,
    Guid ProductId,
    string Name,
    int Quantity,
    Money? UnitPrice,
    Money? Total,
    Money AddedUnitPrice,
    string Availability,
    int Available,
    IReadOnlyList<string> Changes);

/// <summary>Something that checkout will ask for.</summary>
/// <param name="Code"><c>cartClosed</c>, <c>itemsMissing</c>, <c>itemUnavailable</c>, <c>stockMissing</c>, <c>shippingAddressMissing</c> or <c>paymentMissing</c>.</param>
/// <param name="Message">For people.</param>
/// <param name="Sku">The SKU that it is about, or null.</param>
internal sealed record CartRequirement(string Code, string Message, string? Sku = null);

/// <summary>Offers and stock levels for a cart's items at one moment; the data from which a cart is shown. Pure.</summary>
internal sealed record CartQuote(IReadOnlyDictionary<string, SkuOffer> Offers, IReadOnlyDictionary<string, StockLevel> Levels)
{
    /// <summary>For a cart without items.</summary>
    public static readonly CartQuote Empty = new(new Dictionary<string, SkuOffer>(), new Dictionary<string, StockLevel>());

    /// <summary>The cart at these offers and levels.</summary>
    public CartResponse Show(Guid id, long version, Cart cart)
    {
        var items = cart.Items.ConvertAll(Show);
        var subtotal = items.Aggregate(Money.Zero(cart.Currency), static (sum, item) => item.Total is { } total ? sum + total : sum);
        return new CartResponse(id, cart.Status, cart.CustomerId, cart.Currency, items, subtotal, [.. Requirements(cart, items)], cart.OrderId, cart.MergedInto, version);
    }

    private static IEnumerable<CartRequirement> Requirements(Cart cart, ImmutableList<CartItemResponse> items)
    {
        if (cart.Status != CartStatus.Open)
        {
            yield return new CartRequirement("cartClosed", "The cart is closed; open a new one.");
            yield break;
        }

        if (items.Count == 0)
        {
            yield return new CartRequirement("itemsMissing", "The cart is empty.");
        }

        foreach (var item in items)
        {
            if (item.UnitPrice is null)
            {
                yield return new CartRequirement("itemUnavailable", "This item is not for sale at the moment; take it out.", item.Sku);
            }
            else if (item.Changes.Contains(Change.InsufficientStock, StringComparer.Ordinal))
            {
                yield return new CartRequirement("stockMissing", $"Only {Math.Max(item.Available, 0)} can be had; lower the quantity.", item.Sku);
            }
        }

        yield return new CartRequirement("shippingAddressMissing", "Checkout asks for a shipping address.");
        yield return new CartRequirement("paymentMissing", "Checkout asks for a way to pay.");
    }

    private CartItemResponse Show(CartItem item)
    {
        var changes = new List<string>(2);
        Money? price = Offers.TryGetValue(item.Sku, out var offer) ? Money.Of(offer.UnitAmount, offer.Currency) : null;
        if (price is null)
        {
            changes.Add(Change.Unavailable);
        }
        else if (price != item.UnitPrice)
        {
            changes.Add(price > item.UnitPrice ? Change.PriceRaised : Change.PriceLowered);
        }

        var level = Levels.GetValueOrDefault(item.Sku) ?? new StockLevel(item.Sku, 0, Availabilities.OutOfStock);
        if (level.Available < item.Quantity && level.Availability != Availabilities.Backorder)
        {
            changes.Add(Change.InsufficientStock);
        }

        return new CartItemResponse(
            item.Sku, item.ProductId, offer?.ProductName ?? item.Name, item.Quantity, price, price * item.Quantity, item.UnitPrice,
            level.Availability, level.Available, changes);
    }

    private static class Change
    {
        public const string PriceRaised = "priceRaised";
        public const string PriceLowered = "priceLowered";
        public const string Unavailable = "unavailable";
        public const string InsufficientStock = "insufficientStock";
    }
}

/// <summary>Asks the catalog and the inventory for what a cart is shown with.</summary>
internal sealed class CartQuotes(IPriceBook prices, IStockLevels levels)
{
    /// <summary>The quote for the items of a cart.</summary>
    public ValueTask<CartQuote> QuoteAsync(Cart cart, CancellationToken cancellationToken) =>
        QuoteAsync(cart.Items.ConvertAll(item => new SkuQuantity(item.Sku, item.Quantity)), cart.Currency, cancellationToken);

    /// <summary>The quote for these lines.</summary>
    public async ValueTask<CartQuote> QuoteAsync(IReadOnlyList<SkuQuantity> lines, string currency, CancellationToken cancellationToken) => lines.Count == 0
        ? CartQuote.Empty
        : new CartQuote(
            await prices.OffersAsync(lines, currency, null, OrdersOptions.DefaultLocale, cancellationToken),
            await levels.LevelsAsync([.. lines.Select(line => line.Sku).Distinct(StringComparer.Ordinal)], cancellationToken));
}
