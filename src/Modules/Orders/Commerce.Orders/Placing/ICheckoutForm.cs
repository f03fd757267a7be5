using Commerce.Monetary;
using Commerce.Web;

namespace Commerce.Orders.Placing;

/// <summary>What every way to an order asks of the shopper beside the goods.</summary>
internal interface ICheckoutForm
{
    /// <summary>Whose order it is: the caller's own id, or any when staff orders for somebody.</summary>
    Guid? CustomerId { get; }

    /// <summary>Where to write to.</summary>
    string? Email { get; }

    /// <summary>Where the goods go.</summary>
    PostalAddress? ShippingAddress { get; }

    /// <summary>How they go.</summary>
    string? ShippingMethod { get; }

    /// <summary>A coupon.</summary>
    string? Coupon { get; }

    /// <summary>How it is paid.</summary>
    PaymentRequest Payment { get; }

    /// <summary>The total that the shopper was shown.</summary>
    Money? ExpectedTotal { get; }

    /// <summary>The language of the product names, such as <c>ko</c>.</summary>
    string? Locale { get; }

    /// <summary>The browsing session, for recommendations.</summary>
    string? SessionId { get; }

    /// <summary>A reservation whose units the order takes.</summary>
    Guid? ReservationId { get; }
}

/// <summary>How an order is paid.</summary>
/// <param name="Method">One of the shop's methods.</param>
/// <param name="Token">What the payment provider gave to the browser; it is kept until the order is paid or given up, and never in the history.</param>
/// <param name="GiftCards">Codes of gift cards, spent in this order before anything else.</param>
/// <param name="StoreCredit">Whether to spend the customer's store credit, after gift cards and before the method.</param>
internal sealed record PaymentRequest(string Method, string? Token = null, IReadOnlyList<string>? GiftCards = null, bool StoreCredit = false);

/// <summary>A SKU that is wanted.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Quantity">1 to 10,000.</param>
internal sealed record OrderLineRequest(string Sku, int Quantity);

/// <summary>The shape of a line.</summary>
internal sealed class OrderLineRules : ShapeRules<OrderLineRequest>
{
    /// <summary>One instance: building it compiles its rules.</summary>
    public static readonly OrderLineRules Instance = new();

    public OrderLineRules()
    {
        Field(line => line.Sku, Shapes.IsSku, "1 to 64 printable characters without spaces.");
        Field(line => line.Quantity, quantity => quantity is >= 1 and <= Cart.MaxQuantity, "1 to 10,000.");
    }
}

/// <summary>The shape of the common part.</summary>
internal sealed class CheckoutFormRules : ShapeRules<ICheckoutForm>
{
    /// <summary>One instance: building it compiles its rules.</summary>
    public static readonly CheckoutFormRules Instance = new();

    private const int MostGiftCards = 10;

    public CheckoutFormRules()
    {
        Field(form => form.Email, email => email is null || Shapes.IsEmail(email), "An e-mail address such as name@example.com.");
        Part(form => form.ShippingAddress, PostalAddressRules.Instance);
        Field(form => form.ShippingMethod, method => method is null || Shapes.IsWord(method, 64), "The name of a shipping method.");
        Field(form => form.Coupon, coupon => coupon is null || Shapes.IsWord(coupon, 64), "1 to 64 characters.");
        Field(form => form.Payment.Method, method => OrdersOptions.PaymentMethods.Contains(method, StringComparer.Ordinal),
            $"One of {string.Join(", ", OrdersOptions.PaymentMethods)}.");
        Field(form => form.Payment.Token, token => token is null || Shapes.IsWord(token, 500), "1 to 500 characters.");
        Field(form => form.Payment.GiftCards,
            codes => codes is null || (codes.Count <= MostGiftCards && codes.Distinct(StringComparer.OrdinalIgnoreCase).Count() == codes.Count),
            $"At most {MostGiftCards} codes, each once.");
        Elements(form => form.Payment.GiftCards, code => Shapes.IsWord(code, 64), "A gift card's code.");
        Field(form => form.ExpectedTotal, total => total is not { Amount: < 0 }, "Not below zero.");
        Field(form => form.Locale, locale => locale is null || Shapes.IsWord(locale, 35), "A language tag such as en or ko.");
        Field(form => form.SessionId, session => session is null || Shapes.IsWord(session, 128), "1 to 128 characters.");
    }
}

/// <summary>The shape of an address.</summary>
internal sealed class PostalAddressRules : ShapeRules<PostalAddress>
{
    /// <summary>One instance: building it compiles its rules.</summary>
    public static readonly PostalAddressRules Instance = new();

    public PostalAddressRules()
    {
        Field(address => address.Name, text => Shapes.IsWord(text, 200), "1 to 200 characters.");
        Field(address => address.Line1, text => Shapes.IsWord(text, 200), "1 to 200 characters.");
        Field(address => address.Line2, text => text is null || text.Length <= 200, "At most 200 characters.");
        Field(address => address.City, text => Shapes.IsWord(text, 100), "1 to 100 characters.");
        Field(address => address.Region, text => text is null || text.Length <= 100, "At most 100 characters.");
        Field(address => address.PostalCode, text => Shapes.IsWord(text, 20), "1 to 20 characters.");
        Field(address => address.Country, Countries.IsKnown, "An ISO 3166-1 alpha-2 country code such as DE.");
        Field(address => address.Phone, text => text is null || text.Length <= 40, "At most 40 characters.");
    }
}
