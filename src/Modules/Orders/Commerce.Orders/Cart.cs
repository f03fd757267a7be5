using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Commerce.EventStore;
using Commerce.Monetary;
using Commerce.Outcomes;

namespace Commerce.Orders;

/// <summary>
/// A shopper's cart. Edits name one SKU each and expect no version, so edits of two tabs commute and both win; the last quantity of one SKU stands.
/// </summary>
internal sealed record Cart : IAggregate<Cart>
{
    /// <summary>Lines that a cart holds at the most: as many as an order.</summary>
    public const int MaxLines = 200;

    /// <summary>Units of one SKU at the most.</summary>
    public const int MaxQuantity = 10_000;

    /// <inheritdoc />
    public static string StreamType => "cart";

    /// <inheritdoc />
    public static Cart Initial { get; } = new();

    public CartStatus Status { get; private init; }

    public Guid? CustomerId { get; private init; }

    public string Currency { get; private init; } = "";

    public ImmutableList<CartItem> Items { get; private init; } = [];

    public Guid? OrderId { get; private init; }

    public Guid? MergedInto { get; private init; }

    /// <summary>A fresh cart, with items or without.</summary>
    public static Decision Open(Guid? customerId, string currency, IEnumerable<CartItemSet> items, DateTimeOffset now) =>
        Decision.Of([new CartOpened(customerId, currency, now), .. items]);

    /// <summary>Puts a SKU in, or sets its quantity.</summary>
    public Decision SetItem(CartItemSet item)
    {
        if (Closed() is { } refusal)
        {
            return refusal;
        }

        var present = Items.Find(other => other.Sku == item.Sku);
        if (present is null)
        {
            return Items.Count < MaxLines ? Decision.Of(item) : new CartIsFull();
        }

        // The price that was shown first stays the one to compare with: a changed quantity must not hide a changed price.
        return present.Quantity == item.Quantity
            ? Decision.Nothing
            : Decision.Of(item with { UnitAmount = present.UnitPrice.Amount, Name = present.Name });
    }

    /// <summary>Takes a SKU out; one that is not in changes nothing.</summary>
    public Decision RemoveItem(string sku) =>
        Closed() is { } refusal ? refusal
        : Items.Exists(item => item.Sku == sku) ? Decision.Of(new CartItemRemoved(sku))
        : Decision.Nothing;

    /// <summary>Takes another cart's items in. Quantities of one SKU add up, to the most that a line holds.</summary>
    public Decision TakeIn(Cart source)
    {
        if (Closed() is { } refusal)
        {
            return refusal;
        }

        var taken = source.Items.ConvertAll(item => Items.Find(other => other.Sku == item.Sku) is { } present
            ? new CartItemSet(item.Sku, Math.Min(MaxQuantity, present.Quantity + item.Quantity), present.ProductId, present.Name, present.UnitPrice.Amount)
            : new CartItemSet(item.Sku, item.Quantity, item.ProductId, item.Name, item.UnitPrice.Amount));
        return source.Currency != Currency ? new CartsDiffer(Currency, source.Currency)
            : Items.Select(item => item.Sku).Union(taken.Select(item => item.Sku), StringComparer.Ordinal).Count() > MaxLines ? new CartIsFull()
            : Decision.Of([.. taken]);
    }

    /// <summary>Gives its items away to another cart; a repeat changes nothing.</summary>
    public Decision MergeInto(Guid cartId, DateTimeOffset now) =>
        MergedInto == cartId ? Decision.Nothing
        : Closed() is { } refusal ? refusal
        : Decision.Of(new CartMergedInto(cartId, now));

    /// <summary>Closes the cart with the order that it became.</summary>
    public Decision CheckOut(Guid orderId, DateTimeOffset now) =>
        Closed() is { } refusal ? refusal
        : Items.IsEmpty ? new CartIsEmpty()
        : Decision.Of(new CartCheckedOut(orderId, now));

    /// <summary>Whether this caller may know of the cart: a guest's cart is open to whoever knows its id, a customer's to that customer and staff.</summary>
    public bool IsOpenTo(Guid? customerId, bool isStaff) => Status != CartStatus.None && (CustomerId is null || CustomerId == customerId || isStaff);

    /// <inheritdoc />
    public Cart Evolve(object @event) => @event switch
    {
        CartOpened opened => this with { Status = CartStatus.Open, CustomerId = opened.CustomerId, Currency = opened.Currency },
        CartItemSet set => this with { Items = With(new CartItem(set.Sku, set.ProductId, set.Name, set.Quantity, Money.Of(set.UnitAmount, Currency))) },
        CartItemRemoved removed => this with { Items = Items.RemoveAll(item => item.Sku == removed.Sku) },
        CartCheckedOut left => this with { Status = CartStatus.CheckedOut, OrderId = left.OrderId },
        CartMergedInto merged => this with { Status = CartStatus.Merged, MergedInto = merged.CartId },
        _ => this,
    };

    private ImmutableList<CartItem> With(CartItem item)
    {
        var index = Items.FindIndex(other => other.Sku == item.Sku);
        return index < 0 ? Items.Add(item) : Items.SetItem(index, item);
    }

    private CartClosed? Closed() => Status == CartStatus.Open ? null : new CartClosed(Status, OrderId, MergedInto);
}

/// <summary>A SKU in a cart, with the name and price that the shopper saw when putting it in.</summary>
internal sealed record CartItem(string Sku, Guid ProductId, string Name, int Quantity, Money UnitPrice);

/// <summary>Where a cart stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CartStatus>))]
internal enum CartStatus
{
    /// <summary>There is none.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>It can be filled and checked out.</summary>
    [JsonStringEnumMemberName("open")]
    Open,

    /// <summary>It became an order.</summary>
    [JsonStringEnumMemberName("checkedOut")]
    CheckedOut,

    /// <summary>Its items went into another cart.</summary>
    [JsonStringEnumMemberName("merged")]
    Merged,
}

/// <summary>There is no such cart for this caller.</summary>
[Problem(404, "cart-not-found", "There is no such cart")]
internal sealed record CartNotFound() : Refusal("There is no cart with this id that you may see.");

/// <summary>The SKU in the address is none that the shop sells in the cart's currency.</summary>
[Problem(404, "sku-not-found", "There is no such SKU")]
internal sealed record SkuNotFound(string Sku) : Refusal("The shop does not sell this SKU in the cart's currency at the moment.");

/// <summary>The cart has become an order, or part of another cart.</summary>
[Problem(409, "cart-closed", "The cart is closed")]
internal sealed record CartClosed(CartStatus CartStatus, Guid? OrderId, Guid? MergedInto)
    : Refusal(OrderId is null ? "The cart was merged into another one; go on with that." : "The cart was checked out; open a new one.");

/// <summary>There is nothing to order.</summary>
[Problem(409, "cart-empty", "The cart is empty")]
internal sealed record CartIsEmpty() : Refusal("Put something into the cart before checking out.");

/// <summary>The cart holds as many lines as an order can.</summary>
[Problem(409, "cart-full", "The cart is full")]
internal sealed record CartIsFull() : Refusal("A cart holds at most 200 different SKUs.");

/// <summary>Carts of two currencies do not go together.</summary>
[Problem(409, "cart-currency-differs", "The carts differ in currency")]
internal sealed record CartsDiffer(string Currency, string SourceCurrency) : Refusal($"The cart is in {Currency}, the other one in {SourceCurrency}.");
