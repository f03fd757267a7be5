using Commerce.Monetary;
using FluentValidation;

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
internal sealed class OrderLineRules : AbstractValidator<OrderLineRequest>
{
    /// <summary>One instance: building it compiles its rules.</summary>
    public static readonly OrderLineRules Instance = new();

    public OrderLineRules()
    {
        RuleFor(line => line.Sku).Must(Shapes.IsSku).WithMessage("1 to 64 printable characters without spaces.");
        RuleFor(line => line.Quantity).Must(quantity => quantity is >= 1 and <= Cart.MaxQuantity).WithMessage("1 to 10,000.");
    }
}

/// <summary>The shape of the common part.</summary>
internal sealed class CheckoutFormRules : AbstractValidator<ICheckoutForm>
{
    /// <summary>One instance: building it compiles its rules.</summary>
    public static readonly CheckoutFormRules Instance = new();

    private const int MostGiftCards = 10;

    public CheckoutFormRules()
    {
        RuleFor(form => form.Email).Must(email => email is null || Shapes.IsEmail(email)).WithMessage("An e-mail address such as name@example.com.");
        RuleFor(form => form.ShippingAddress!).SetValidator(PostalAddressRules.Instance).When(form => form.ShippingAddress is not null);
        RuleFor(form => form.ShippingMethod).Must(method => method is null || Shapes.IsWord(method, 64)).WithMessage("The name of a shipping method.");
        RuleFor(form => form.Coupon).Must(coupon => coupon is null || Shapes.IsWord(coupon, 64)).WithMessage("1 to 64 characters.");
        RuleFor(form => form.Payment.Method).Must(method => OrdersOptions.PaymentMethods.Contains(method, StringComparer.Ordinal))
            .WithMessage($"One of {string.Join(", ", OrdersOptions.PaymentMethods)}.");
        RuleFor(form => form.Payment.Token).Must(token => token is null || Shapes.IsWord(token, 500)).WithMessage("1 to 500 characters.");
        RuleFor(form => form.Payment.GiftCards)
            .Must(codes => codes is null || (codes.Count <= MostGiftCards && codes.Distinct(StringComparer.OrdinalIgnoreCase).Count() == codes.Count))
            .WithMessage($"At most {MostGiftCards} codes, each once.");
        RuleForEach(form => form.Payment.GiftCards).Must(code => Shapes.IsWord(code, 64)).WithMessage("A gift card's code.");
        RuleFor(form => form.ExpectedTotal).Must(total => total is not { Amount: < 0 }).WithMessage("Not below zero.");
        RuleFor(form => form.Locale).Must(locale => locale is null || Shapes.IsWord(locale, 35)).WithMessage("A language tag such as en or ko.");
        RuleFor(form => form.SessionId).Must(session => session is null || Shapes.IsWord(session, 128)).WithMessage("1 to 128 characters.");
    }
}

/// <summary>The shape of an address.</summary>
internal sealed class PostalAddressRules : AbstractValidator<PostalAddress>
{
    /// <summary>One instance: building it compiles its rules.</summary>
    public static readonly PostalAddressRules Instance = new();

    public PostalAddressRules()
    {
        RuleFor(address => address.Name).Must(text => Shapes.IsWord(text, 200)).WithMessage("1 to 200 characters.");
        RuleFor(address => address.Line1).Must(text => Shapes.IsWord(text, 200)).WithMessage("1 to 200 characters.");
        RuleFor(address => address.Line2).Must(text => text is null || text.Length <= 200).WithMessage("At most 200 characters.");
        RuleFor(address => address.City).Must(text => Shapes.IsWord(text, 100)).WithMessage("1 to 100 characters.");
        RuleFor(address => address.Region).Must(text => text is null || text.Length <= 100).WithMessage("At most 100 characters.");
        RuleFor(address => address.PostalCode).Must(text => Shapes.IsWord(text, 20)).WithMessage("1 to 20 characters.");
        RuleFor(address => address.Country).Must(Countries.IsKnown).WithMessage("An ISO 3166-1 alpha-2 country code such as DE.");
        RuleFor(address => address.Phone).Must(text => text is null || text.Length <= 40).WithMessage("At most 40 characters.");
    }
}
