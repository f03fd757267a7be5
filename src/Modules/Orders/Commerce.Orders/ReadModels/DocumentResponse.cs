using Commerce.Monetary;
using Commerce.Orders.Billing;

namespace Commerce.Orders.ReadModels;

/// <summary>An invoice or a credit note as its reader sees it; <c>GET …/print</c> shows the same on paper.</summary>
/// <param name="Number">What it is called; the numbers of a kind and year have no gaps.</param>
/// <param name="Kind">Which of the two.</param>
/// <param name="OrderId">The order.</param>
/// <param name="OrderNumber">The order's number.</param>
/// <param name="ShipmentId">The parcel that an invoice is for.</param>
/// <param name="ReturnId">The return that a credit note is for.</param>
/// <param name="Lines">What it is about.</param>
/// <param name="Goods">The sum of the lines.</param>
/// <param name="Discount">What is taken off.</param>
/// <param name="Shipping">The shipping.</param>
/// <param name="Tax">Tax that comes on top.</param>
/// <param name="Total">Goods, shipping and tax, less the discount.</param>
/// <param name="Taxes">The tax by rate.</param>
/// <param name="Seller">Who sold.</param>
/// <param name="Buyer">Who bought.</param>
/// <param name="Corrects">The invoices that a credit note takes from.</param>
/// <param name="Reason">Why a credit note was issued.</param>
/// <param name="IssuedAt">When, UTC.</param>
internal sealed record DocumentResponse(
    string Number, DocumentKind Kind, Guid OrderId, string OrderNumber, Guid? ShipmentId, Guid? ReturnId, IReadOnlyList<DocumentLineResponse> Lines, Money Goods, Money Discount,
    Money Shipping, Money Tax, Money Total, IReadOnlyList<DocumentTaxResponse> Taxes, Seller Seller, PostalAddress Buyer, IReadOnlyList<string> Corrects, string? Reason,
    DateTimeOffset IssuedAt)
{
    /// <summary>A document as it is sent.</summary>
    public static DocumentResponse Of(IssuedDocument document)
    {
        Money In(decimal amount) => Money.Of(amount, document.Currency);
        var sums = document.Sums;
        return new DocumentResponse(
            document.Number, document.Kind, document.OrderId, document.OrderNumber, document.ShipmentId, document.ReturnId,
            [.. document.Lines.Select(line => new DocumentLineResponse(line.Sku, line.Name, line.Quantity, In(line.UnitAmount), In(line.Amount)))],
            In(sums.Goods), In(sums.Discount), In(sums.Shipping), In(sums.Tax), In(sums.Total),
            [.. document.Taxes.Select(tax => new DocumentTaxResponse(tax.Rate, In(tax.Taxable), In(tax.Amount), tax.IsIncluded))],
            document.Seller, document.Buyer, document.Corrects, document.Reason, document.IssuedAt);
    }

    /// <summary>The word of a kind, in rows and query strings.</summary>
    public static string Word(DocumentKind kind) => kind == DocumentKind.Invoice ? "invoice" : "creditNote";
}

/// <summary>A line of a document.</summary>
/// <param name="Sku">The SKU, or null when it is not about goods.</param>
/// <param name="Name">For people.</param>
/// <param name="Quantity">How many.</param>
/// <param name="UnitPrice">The price of one.</param>
/// <param name="Total">All of them.</param>
internal sealed record DocumentLineResponse(string? Sku, string Name, int Quantity, Money UnitPrice, Money Total);

/// <summary>The tax of a document at one rate.</summary>
/// <param name="Rate">Such as 0.19; null when the order does not tell.</param>
/// <param name="Taxable">What it is worked out on.</param>
/// <param name="Amount">The tax.</param>
/// <param name="IsIncluded">Whether it is a part of the amounts instead of coming on top.</param>
internal sealed record DocumentTaxResponse(decimal? Rate, Money Taxable, Money Amount, bool IsIncluded);
