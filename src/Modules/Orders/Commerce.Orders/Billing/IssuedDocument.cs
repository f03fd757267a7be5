using System.Text.Json.Serialization;

namespace Commerce.Orders.Billing;

/// <summary>An invoice or a credit note with everything that is printed on it: once issued it never changes, whatever becomes of the order, the seller or the prices.</summary>
/// <param name="Number">What it is called, such as <c>INV-2026-000042</c>.</param>
/// <param name="Kind">Which of the two.</param>
/// <param name="OrderId">The order.</param>
/// <param name="OrderNumber">The order's number for people.</param>
/// <param name="ShipmentId">The parcel that an invoice is for, or null.</param>
/// <param name="ReturnId">The return that a credit note is for, or null.</param>
/// <param name="Currency">ISO 4217 code of every amount.</param>
/// <param name="Lines">What it is about.</param>
/// <param name="Sums">The sums, which add up.</param>
/// <param name="Taxes">The tax, by rate.</param>
/// <param name="Seller">Who sells, as it stood then.</param>
/// <param name="Buyer">Who buys.</param>
/// <param name="Email">Where to write to, or null.</param>
/// <param name="Corrects">The invoices that a credit note takes from.</param>
/// <param name="Reason">Why a credit note was issued, or null.</param>
/// <param name="IssuedAt">When, UTC.</param>
internal sealed record IssuedDocument(
    string Number, DocumentKind Kind, Guid OrderId, string OrderNumber, Guid? ShipmentId, Guid? ReturnId, string Currency, IReadOnlyList<DocumentLine> Lines,
    DocumentSums Sums, IReadOnlyList<DocumentTax> Taxes, Seller Seller, PostalAddress Buyer, string? Email, IReadOnlyList<string> Corrects, string? Reason,
    DateTimeOffset IssuedAt);

/// <summary>The two kinds of documents.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DocumentKind>))]
internal enum DocumentKind
{
    /// <summary>What was sent and is to be paid.</summary>
    [JsonStringEnumMemberName("invoice")]
    Invoice,

    /// <summary>What of it is not to be paid, or is given back.</summary>
    [JsonStringEnumMemberName("creditNote")]
    CreditNote,
}

/// <summary>A line of a document.</summary>
/// <param name="Sku">The SKU, or null when it is not about goods.</param>
/// <param name="Name">For people.</param>
/// <param name="Quantity">How many.</param>
/// <param name="UnitAmount">The price of one.</param>
/// <param name="Amount">Quantity times price.</param>
internal sealed record DocumentLine(string? Sku, string Name, int Quantity, decimal UnitAmount, decimal Amount);

/// <summary>The sums of a document: total = goods + shipping + tax - discount.</summary>
/// <param name="Goods">The sum of the lines.</param>
/// <param name="Discount">What is taken off.</param>
/// <param name="Shipping">The shipping.</param>
/// <param name="Tax">Tax that comes on top.</param>
/// <param name="Total">What is to be paid, or given back.</param>
internal sealed record DocumentSums(decimal Goods, decimal Discount, decimal Shipping, decimal Tax, decimal Total)
{
    /// <summary>Sums that add up.</summary>
    public static DocumentSums Of(decimal goods, decimal discount, decimal shipping, decimal tax) => new(goods, discount, shipping, tax, goods + shipping + tax - discount);

    /// <summary>Nothing yet.</summary>
    public static readonly DocumentSums None = Of(0m, 0m, 0m, 0m);

    /// <summary>Both together.</summary>
    public DocumentSums Plus(DocumentSums other) => Of(Goods + other.Goods, Discount + other.Discount, Shipping + other.Shipping, Tax + other.Tax);
}

/// <summary>The tax of a document at one rate.</summary>
/// <param name="Rate">Such as 0.19; null when the order does not tell.</param>
/// <param name="Taxable">What it is worked out on.</param>
/// <param name="Amount">The tax.</param>
/// <param name="IsIncluded">Whether it is a part of the amounts instead of coming on top.</param>
internal sealed record DocumentTax(decimal? Rate, decimal Taxable, decimal Amount, bool IsIncluded);

/// <summary>Who sells: settings of the section <c>Orders:Seller</c>, written into each document as they are then.</summary>
internal sealed record Seller
{
    /// <summary>The name of the business.</summary>
    public string Name { get; init; } = "Commerce";

    /// <summary>Its postal address, a line each.</summary>
    public IReadOnlyList<string> Address { get; init; } = [];

    /// <summary>Its tax or business registration number.</summary>
    public string? TaxId { get; init; }

    /// <summary>Where customers write to.</summary>
    public string? Email { get; init; }

    /// <summary>Where customers call.</summary>
    public string? Phone { get; init; }
}

/// <summary>An invoice was issued for what was sent.</summary>
internal sealed record InvoiceIssued(IssuedDocument Document);

/// <summary>A credit note was issued for what came back or was given back.</summary>
internal sealed record CreditNoteIssued(IssuedDocument Document);

/// <summary>The next number of a series was given to a document, in the commit that issued it.</summary>
/// <param name="Series">Such as <c>INV-2026</c>.</param>
/// <param name="Serial">From 1, without gaps.</param>
/// <param name="OrderId">The order whose document it is.</param>
internal sealed record DocumentNumbered(string Series, int Serial, Guid OrderId);
