using Commerce.Orders.Billing;

namespace Commerce.Orders;

/// <summary>Settings of the module, section <c>Orders</c>.</summary>
internal sealed class OrdersOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Orders";

    /// <summary>The currency of a cart whose shopper named none.</summary>
    public string DefaultCurrency { get; set; } = "USD";

    /// <summary>Ways of shipping by name. The first word of a name is free: <c>Orders:Shipping:express:Price:USD=9.90</c> adds or prices one.</summary>
    public Dictionary<string, ShippingRate> Shipping { get; } = new(StringComparer.Ordinal)
    {
        [DefaultShippingMethod] = new ShippingRate(),
        ["express"] = new ShippingRate(),
    };

    /// <summary>Tax rates by country of destination (ISO 3166 alpha-2), such as 0.19.</summary>
    public Dictionary<string, decimal> TaxRates { get; } = new(StringComparer.Ordinal);

    /// <summary>How long a cart is kept after its last change; zero for ever.</summary>
    public TimeSpan CartLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Whether every order needs an e-mail address.</summary>
    public bool RequireEmail { get; set; }

    /// <summary>The value of the goods, by currency, below which the shop takes no order.</summary>
    public Dictionary<string, decimal> MinimumSubtotal { get; } = new(StringComparer.Ordinal);

    /// <summary>Who sells, as it is printed on invoices and credit notes.</summary>
    public Seller Seller { get; set; } = new();

    /// <summary>The method that ships when the shopper named none.</summary>
    public const string DefaultShippingMethod = "standard";

    /// <summary>The language of product names when the shopper named none.</summary>
    public const string DefaultLocale = "en";

    /// <summary>Ways of paying that the shop takes.</summary>
    public static readonly string[] PaymentMethods = ["manual", "invoice", "bankTransfer", "cashOnDelivery", "card", "sandbox"];
}

/// <summary>The price of one way of shipping, by currency.</summary>
internal sealed class ShippingRate
{
    /// <summary>The flat price.</summary>
    public Dictionary<string, decimal> Price { get; } = new(StringComparer.Ordinal);

    /// <summary>The goods' value from which it costs nothing.</summary>
    public Dictionary<string, decimal> FreeFrom { get; } = new(StringComparer.Ordinal);
}
