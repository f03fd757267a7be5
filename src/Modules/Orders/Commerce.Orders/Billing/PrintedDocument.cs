using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Commerce.Monetary;

namespace Commerce.Orders.Billing;

/// <summary>An invoice or credit note as a page for paper. Everything on it comes from the document and is escaped; there is nothing that runs or loads.</summary>
internal static class PrintedDocument
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);

    private static readonly Dictionary<string, DocumentWords> Words = new(StringComparer.Ordinal)
    {
        ["en"] = new(
            "Invoice", "Credit note", "Number", "Date", "Order", "Corrects", "Reason", "Seller", "Buyer", "Tax number", "Item", "Quantity", "Price", "Amount", "Goods", "Discount",
            "Shipping", "Tax", "including tax", "on", "Total", "yyyy-MM-dd"),
        ["ko"] = new(
            "청구서", "대변전표", "번호", "발행일", "주문번호", "정정 대상", "사유", "판매자", "구매자", "사업자등록번호", "품목", "수량", "단가", "금액", "상품 합계", "할인", "배송비", "세금", "세금 포함",
            "과세표준", "합계", "yyyy년 M월 d일"),
    };

    /// <summary>Whether there are labels in this language.</summary>
    public static bool Speaks(string locale) => Words.ContainsKey(LanguageOf(locale));

    /// <summary>The page.</summary>
    /// <param name="document">The document.</param>
    /// <param name="locale">A language that <see cref="Speaks"/> says yes to.</param>
    public static string Html(IssuedDocument document, string locale)
    {
        var words = Words[LanguageOf(locale)];
        var title = document.Kind == DocumentKind.Invoice ? words.Invoice : words.CreditNote;
        var page = new StringBuilder(4096);
        page.Append("<!DOCTYPE html>\n<html lang=\"").Append(LanguageOf(locale)).Append("\">\n<head>\n<meta charset=\"utf-8\">\n<title>").Append(Text($"{title} {document.Number}"))
            .Append("</title>\n<style>body{font-family:system-ui,sans-serif;max-width:48rem;margin:2rem auto;color:#111}table{border-collapse:collapse;width:100%;margin:1.5rem 0}")
            .Append("th,td{padding:.35rem .5rem;border-bottom:1px solid #ccc;text-align:left;vertical-align:top}.n{text-align:right;white-space:nowrap}.parties{display:flex;gap:3rem}")
            .Append("tfoot th{font-weight:normal}tr.total th,tr.total td{font-weight:bold;border-bottom:2px solid #111}@page{margin:2cm}</style>\n</head>\n<body>\n<h1>")
            .Append(Text(title)).Append("</h1>\n<p>");
        Fact(page, words.Number, document.Number);
        Fact(page, words.Date, document.IssuedAt.UtcDateTime.ToString(words.DateFormat, CultureInfo.InvariantCulture));
        Fact(page, words.Order, document.OrderNumber);
        Fact(page, words.Corrects, string.Join(", ", document.Corrects));
        Fact(page, words.Reason, document.Reason);
        page.Append("</p>\n<div class=\"parties\">\n");
        Party(page, words.Seller, [document.Seller.Name, .. document.Seller.Address, Labelled(words.TaxNumber, document.Seller.TaxId), document.Seller.Email, document.Seller.Phone]);
        var buyer = document.Buyer;
        Party(page, words.Buyer, [buyer.Name, buyer.Line1, buyer.Line2, $"{buyer.PostalCode} {buyer.City}", buyer.Region, buyer.Country, document.Email]);
        page.Append("</div>\n<table>\n<thead><tr><th>").Append(Text(words.Item)).Append("</th><th class=\"n\">").Append(Text(words.Quantity)).Append("</th><th class=\"n\">")
            .Append(Text(words.Price)).Append("</th><th class=\"n\">").Append(Text(words.Amount)).Append("</th></tr></thead>\n<tbody>\n");
        foreach (var line in document.Lines)
        {
            page.Append("<tr><td>").Append(Text(line.Name)).Append(line.Sku is null ? "" : $"<br><small>{Text(line.Sku)}</small>").Append("</td><td class=\"n\">")
                .Append(line.Quantity.ToString(CultureInfo.InvariantCulture)).Append("</td><td class=\"n\">").Append(Amount(line.UnitAmount, document)).Append("</td><td class=\"n\">")
                .Append(Amount(line.Amount, document)).Append("</td></tr>\n");
        }

        page.Append("</tbody>\n<tfoot>\n");
        Sum(page, words.Goods, document.Sums.Goods, document);
        Sum(page, words.Discount, -document.Sums.Discount, document);
        Sum(page, words.Shipping, document.Sums.Shipping, document);
        foreach (var tax in document.Taxes)
        {
            var rate = tax.Rate is { } known ? $" {(known * 100m).ToString("0.###", CultureInfo.InvariantCulture)} %" : "";
            Sum(page, $"{(tax.IsIncluded ? words.IncludedTax : words.Tax)}{rate} ({words.TaxOn} {Money.Of(tax.Taxable, document.Currency).AmountText()})", tax.Amount, document);
        }

        page.Append("<tr class=\"total\"><th colspan=\"3\">").Append(Text(words.Total)).Append("</th><td class=\"n\">").Append(Amount(document.Sums.Total, document))
            .Append("</td></tr>\n</tfoot>\n</table>\n</body>\n</html>\n");
        return page.ToString();
    }

    private static void Fact(StringBuilder page, string label, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            page.Append(Text(label)).Append(": ").Append(Text(value)).Append("<br>\n");
        }
    }

    private static void Party(StringBuilder page, string label, IEnumerable<string?> lines) =>
        page.Append("<div><strong>").Append(Text(label)).Append("</strong><br>\n")
            .AppendJoin("<br>\n", lines.Where(line => !string.IsNullOrWhiteSpace(line)).Select(line => Text(line!))).Append("</div>\n");

    private static void Sum(StringBuilder page, string label, decimal amount, IssuedDocument document)
    {
        if (amount != 0m)
        {
            page.Append("<tr><th colspan=\"3\">").Append(Text(label)).Append("</th><td class=\"n\">").Append(Amount(amount, document)).Append("</td></tr>\n");
        }
    }

    private static string? Labelled(string label, string? value) => value is null ? null : $"{label} {value}";

    private static string Amount(decimal amount, IssuedDocument document) => Text(Money.Of(amount, document.Currency).ToString());

    private static string Text(string text) => Encoder.Encode(text);

    private static string LanguageOf(string locale) => locale.Split('-', '_')[0];
}

/// <summary>The labels of a document in one language.</summary>
internal sealed record DocumentWords(
    string Invoice, string CreditNote, string Number, string Date, string Order, string Corrects, string Reason, string Seller, string Buyer, string TaxNumber, string Item,
    string Quantity, string Price, string Amount, string Goods, string Discount, string Shipping, string Tax, string IncludedTax, string TaxOn, string Total, string DateFormat);
