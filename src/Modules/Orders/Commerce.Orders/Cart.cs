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

    /// <summary>Coupons that a cart holds at the most.</summary>
    public const int MaxCoupons = 10;

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

    /// <summary>What the shopper wants later: kept with the cart, and no part of its checkout.</summary>
    public ImmutableList<CartItem> Saved { get; private init; } = [];

    public string? Email { get; private init; }

    public PostalAddress? ShippingAddress { get; private init; }

    public string? ShippingMethod { get; private init; }

    /// <summary>The coupons that lie in it, as the shop writes them, in the order they were put in.</summary>
    public ImmutableList<string> Coupons { get; private init; } = [];

    /// <summary>When its shopper last changed it.</summary>
    public DateTimeOffset TouchedAt { get; private init; }

    /// <summary>When it expires unless it is changed before; null when it never does.</summary>
    public DateTimeOffset? ExpiresAt { get; private init; }

    /// <summary>A fresh cart, with items or without.</summary>
    public static Decision Open(Guid? customerId, string currency, IEnumerable<CartItemSet> items, DateTimeOffset now) =>
        Decision.Of([new CartOpened(customerId, currency, now), .. items]);

    /// <summary>The cart as it is at an instant: time closes one that was left alone for too long, whether or not anything recorded it.</summary>
    public Cart At(DateTimeOffset now, TimeSpan lifetime) => Status != CartStatus.Open || lifetime <= TimeSpan.Zero
        ? this
        : this with { ExpiresAt = TouchedAt + lifetime, Status = TouchedAt + lifetime <= now ? CartStatus.Expired : CartStatus.Open };

    /// <summary>Puts a SKU in, or sets its quantity; one that was saved for later is in again.</summary>
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
    public Decision RemoveItem(string sku, DateTimeOffset? now = null) =>
        Closed() is { } refusal ? refusal
        : Items.Exists(item => item.Sku == sku) ? Decision.Of(new CartItemRemoved(sku, now))
        : Decision.Nothing;

    /// <summary>Keeps a SKU for later; one that is kept already stays so.</summary>
    public Decision SaveForLater(string sku, DateTimeOffset now) =>
        Closed() is { } refusal ? refusal
        : Items.Exists(item => item.Sku == sku) ? (Saved.Count < MaxLines ? Decision.Of(new CartItemSavedForLater(sku, now)) : new CartIsFull())
        : Saved.Exists(item => item.Sku == sku) ? Decision.Nothing
        : new CartItemNotFound(sku);

    /// <summary>Takes a SKU back that was kept for later; one that is in already stays so.</summary>
    public Decision MoveToCart(string sku, DateTimeOffset now) =>
        Closed() is { } refusal ? refusal
        : Saved.Exists(item => item.Sku == sku) ? (Items.Count < MaxLines ? Decision.Of(new CartItemMovedToCart(sku, now)) : new CartIsFull())
        : Items.Exists(item => item.Sku == sku) ? Decision.Nothing
        : new CartItemNotFound(sku);

    /// <summary>Forgets a SKU that was kept for later; what is not kept is already forgotten.</summary>
    public Decision ForgetSaved(string sku, DateTimeOffset now) =>
        Closed() is { } refusal ? refusal
        : Saved.Exists(item => item.Sku == sku) ? Decision.Of(new CartSavedItemForgotten(sku, now))
        : Decision.Nothing;

    /// <summary>Puts a coupon in; one that is in stays so.</summary>
    public Decision ApplyCoupon(string code, DateTimeOffset now) =>
        Closed() is { } refusal ? refusal
        : Coupons.Contains(code) ? Decision.Nothing
        : Coupons.Count < MaxCoupons ? Decision.Of(new CartCouponApplied(code, now))
        : new CartHasTooManyCoupons();

    /// <summary>Takes a coupon out; one that is not in is already out.</summary>
    public Decision RemoveCoupon(string code, DateTimeOffset now) =>
        Closed() is { } refusal ? refusal
        : Coupons.Contains(code) ? Decision.Of(new CartCouponRemoved(code, now))
        : Decision.Nothing;

    /// <summary>Takes down where the goods go and how; each fact for itself, so that two tabs that tell different ones both win.</summary>
    public Decision TellDetails(IReadOnlyList<object> facts)
    {
        if (Closed() is { } refusal)
        {
            return refusal;
        }

        object[] news = [.. facts.Where(fact => Evolve(fact) with { TouchedAt = TouchedAt } != this)];
        return news.Length == 0 ? Decision.Nothing : Decision.Of(news);
    }

    /// <summary>Takes another cart's items in. Quantities of one SKU add up, to the most that a line holds.</summary>
    public Decision TakeIn(Cart source, DateTimeOffset? now = null)
    {
        if (Closed() is { } refusal)
        {
            return refusal;
        }

        var taken = source.Items.ConvertAll(item => Items.Find(other => other.Sku == item.Sku) is { } present
            ? Set(present, Math.Min(MaxQuantity, present.Quantity + item.Quantity), now)
            : Set(item, item.Quantity, now));
        // What is wanted now outweighs what was wanted later.
        var kept = source.Saved.FindAll(item => !Saved.Exists(mine => mine.Sku == item.Sku) && !Items.Exists(mine => mine.Sku == item.Sku) && !source.Items.Exists(other => other.Sku == item.Sku));
        return source.Currency != Currency ? new CartsDiffer(Currency, source.Currency)
            : Items.Select(item => item.Sku).Union(taken.Select(item => item.Sku), StringComparer.Ordinal).Count() > MaxLines || Saved.Count + kept.Count > MaxLines ? new CartIsFull()
            : Decision.Of(
            [
                .. taken, .. kept.Select(item => new CartSavedItemTakenOver(item.Sku, item.Quantity, item.ProductId, item.Name, item.UnitPrice.Amount)),
                .. source.Coupons.Except(Coupons).Take(MaxCoupons - Coupons.Count).Select(code => new CartCouponApplied(code, now ?? TouchedAt)),
            ]);
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

    /// <summary>Whether both say the same of where the goods go, whom to write to and which coupons count.</summary>
    public bool TellsTheSameAs(Cart other) => Email == other.Email && ShippingAddress == other.ShippingAddress && ShippingMethod == other.ShippingMethod && Coupons.SequenceEqual(other.Coupons);

    /// <inheritdoc />
    public Cart Evolve(object @event) => @event switch
    {
        CartOpened opened => this with { Status = CartStatus.Open, CustomerId = opened.CustomerId, Currency = opened.Currency, TouchedAt = opened.OpenedAt },
        CartItemSet set => this with
        {
            Items = With(new CartItem(set.Sku, set.ProductId, set.Name, set.Quantity, Money.Of(set.UnitAmount, Currency))),
            Saved = Saved.IsEmpty ? Saved : Saved.RemoveAll(item => item.Sku == set.Sku),
            TouchedAt = set.SetAt ?? TouchedAt,
        },
        CartItemRemoved removed => this with { Items = Items.RemoveAll(item => item.Sku == removed.Sku), TouchedAt = removed.RemovedAt ?? TouchedAt },
        CartItemSavedForLater saved => this with
        {
            Items = Items.RemoveAll(item => item.Sku == saved.Sku),
            Saved = Saved.Add(Items.Find(item => item.Sku == saved.Sku)!),
            TouchedAt = saved.SavedAt,
        },
        CartItemMovedToCart moved => this with
        {
            Saved = Saved.RemoveAll(item => item.Sku == moved.Sku),
            Items = Items.Add(Saved.Find(item => item.Sku == moved.Sku)!),
            TouchedAt = moved.MovedAt,
        },
        CartSavedItemForgotten forgotten => this with { Saved = Saved.RemoveAll(item => item.Sku == forgotten.Sku), TouchedAt = forgotten.ForgottenAt },
        CartSavedItemTakenOver kept => this with { Saved = Saved.Add(new CartItem(kept.Sku, kept.ProductId, kept.Name, kept.Quantity, Money.Of(kept.UnitAmount, Currency))) },
        CartEmailTold told => this with { Email = told.Email, TouchedAt = told.ToldAt },
        CartShippingAddressTold told => this with { ShippingAddress = told.ShippingAddress, TouchedAt = told.ToldAt },
        CartShippingMethodTold told => this with { ShippingMethod = told.ShippingMethod, TouchedAt = told.ToldAt },
        CartCouponApplied applied => this with { Coupons = Coupons.Add(applied.Code), TouchedAt = applied.AppliedAt },
        CartCouponRemoved removed => this with { Coupons = Coupons.Remove(removed.Code), TouchedAt = removed.RemovedAt },
        CartCheckedOut left => this with { Status = CartStatus.CheckedOut, OrderId = left.OrderId },
        CartMergedInto merged => this with { Status = CartStatus.Merged, MergedInto = merged.CartId },
        _ => this,
    };

    private ImmutableList<CartItem> With(CartItem item)
    {
        var index = Items.FindIndex(other => other.Sku == item.Sku);
        return index < 0 ? Items.Add(item) : Items.SetItem(index, item);
    }

    private static CartItemSet Set(CartItem item, int quantity, DateTimeOffset? now) =>
        new(item.Sku, quantity, item.ProductId, item.Name, item.UnitPrice.Amount, now);

    private Refusal? Closed() => Status switch
    {
        CartStatus.Open => null,
        CartStatus.Expired => new CartHasExpired(ExpiresAt!.Value),
        _ => new CartClosed(Status, OrderId, MergedInto),
    };
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

    /// <summary>It was left alone for too long.</summary>
    [JsonStringEnumMemberName("expired")]
    Expired,
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

/// <summary>The cart was left alone for longer than carts are kept.</summary>
/// <param name="ExpiredAt">When its time was over.</param>
[Problem(409, "cart-expired", "The cart has expired")]
internal sealed record CartHasExpired(DateTimeOffset ExpiredAt) : Refusal("The cart was not changed for too long; open a new one with its items.");

/// <summary>The SKU in the address is neither in the cart nor saved for later.</summary>
[Problem(404, "cart-item-not-found", "The item is not in the cart")]
internal sealed record CartItemNotFound(string Sku) : Refusal("This SKU is neither in the cart nor saved for later.");

/// <summary>The cart holds as many coupons as it can.</summary>
[Problem(409, "cart-coupons-full", "Too many coupons")]
internal sealed record CartHasTooManyCoupons() : Refusal("A cart holds at most 10 coupons.");

/// <summary>There is nothing to order.</summary>
[Problem(409, "cart-empty", "The cart is empty")]
internal sealed record CartIsEmpty() : Refusal("Put something into the cart before checking out.");

/// <summary>The cart holds as many lines as an order can.</summary>
[Problem(409, "cart-full", "The cart is full")]
internal sealed record CartIsFull() : Refusal("A cart holds at most 200 different SKUs.");

/// <summary>Carts of two currencies do not go together.</summary>
[Problem(409, "cart-currency-differs", "The carts differ in currency")]
internal sealed record CartsDiffer(string Currency, string SourceCurrency) : Refusal($"The cart is in {Currency}, the other one in {SourceCurrency}.");
