using Commerce.Orders.Billing;

namespace Commerce.Orders;

/// <summary>Settings of the module, section <c>Orders</c>.</summary>
internal sealed class OrdersOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Orders";

    /// <summary>The currency of a cart whose shopper named none.</summary>
    public string DefaultCurrency { get; set; } = "USD";

    /// <summary>How long a cart is kept after its last change; zero for ever.</summary>
    public TimeSpan CartLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Whether every order needs an e-mail address.</summary>
    public bool RequireEmail { get; set; }

    /// <summary>The value of the goods, by currency, below which the shop takes no order.</summary>
    public Dictionary<string, decimal> MinimumSubtotal { get; } = new(StringComparer.Ordinal);

    /// <summary>Who sells, as it is printed on invoices and credit notes.</summary>
    public Seller Seller { get; set; } = new();

    /// <summary>The language of product names when the shopper named none.</summary>
    public const string DefaultLocale = "en";

    /// <summary>Ways of paying that the shop takes.</summary>
    public static readonly string[] PaymentMethods = ["manual", "invoice", "bankTransfer", "cashOnDelivery", "card", "sandbox", StoredValueMethod];

    /// <summary>The method of an order that gift cards and store credit must pay in full.</summary>
    public const string StoredValueMethod = "giftCard";

    /// <summary>How long an order that a provider is to pay waits for its money before it is cancelled.</summary>
    public TimeSpan AbandonAfter { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How long a request that moves money waits for the provider before it answers with what is known.</summary>
    public TimeSpan PaymentPatience { get; set; } = TimeSpan.FromSeconds(8);
}
