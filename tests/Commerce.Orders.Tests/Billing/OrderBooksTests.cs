using Commerce.Orders.Billing;
using Commerce.Orders.Tests.Pricing;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using static Commerce.Orders.Tests.Scenarios;

namespace Commerce.Orders.Tests.Billing;

public sealed class OrderBooksTests
{
    private static readonly Guid Back = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8062");
    private static readonly object[] Paid = [Placed(), new PaymentCaptured(21.30m, Now), new OrderConfirmed(Now)];

    [Fact]
    public void Nothing_is_invoiced_before_it_is_sent()
    {
        OrderBooks.Initial.Next(Given<Order>(Paid)).ShouldBeNull();
        OrderBooks.Initial.Next(Given<Order>([.. Paid, new PaymentRefunded(5m, "late", Now)])).ShouldBeNull();
        OrderBooks.Initial.Next(Given<Order>([.. Paid, new PaymentRefunded(21.30m, null, Now), Cancelled()])).ShouldBeNull();
    }

    [Fact]
    public void A_parcel_is_invoiced_once_with_its_lines()
    {
        var order = Given<Order>([.. Paid, Sent(1, ("MUG", 1))]);

        var invoice = Written(order).Documents.ShouldHaveSingleItem();
        (invoice.Number, invoice.Kind, invoice.Sums.Total, invoice.ShipmentId).ShouldBe(("INV-2026-000001", DocumentKind.Invoice, 9.90m, Parcel(1)));
        invoice.Lines.ShouldBe([new DocumentLine("MUG", "Mug", 1, 9.90m, 9.90m)]);
        Written(order).Next(order).ShouldBeNull();
        var rest = order.Evolve(Sent(2, ("MUG", 1), ("PEN", 1)));
        Written(rest, Written(order)).Documents[1].Sums.Total.ShouldBe(11.40m);
    }

    [Fact]
    public void What_comes_back_is_credited_with_its_lines_and_what_is_given_back_with_its_reason()
    {
        var order = Given<Order>([
            .. Paid, Sent(1, ("MUG", 2), ("PEN", 1)), new ReturnRequested(Back, [new("MUG", 1, "too small")], Now), new ReturnApproved(Back, Now),
            new ReturnReceived(Back, [new("MUG", 1, ReturnCondition.Damaged, true)], 9.90m, Now), new PaymentRefunded(9.90m, "Goods came back.", Now),
            new PaymentRefunded(1m, "a scratch", Now)]);

        var notes = Written(order).Documents.Skip(1).ToList();
        notes.Select(note => (note.Number, note.Sums.Total, note.ReturnId, note.Reason)).ShouldBe(
            [("CN-2026-000002", 9.90m, Back, "too small"), ("CN-2026-000003", 1m, (Guid?)null, "a scratch")]);
        notes[0].Lines.Single().ShouldBe(new DocumentLine("MUG", "Mug", 1, 9.90m, 9.90m));
        notes.ShouldAllBe(note => note.Corrects.Single() == "INV-2026-000001");
    }

    [Fact]
    public void What_an_edit_gives_back_was_never_invoiced()
    {
        var order = Given<Order>([.. Paid, Sent(1, ("MUG", 1))]);
        var edited = order.Edit(new OrderEdit([new("MUG", 1), new("PEN", 0)], null, null, null, null), Offers("USD"), PricedBy(), Now)
            .Events.Aggregate(order, (state, e) => state.Evolve(e));

        edited.Payment.Refunded.ShouldBe(Usd(11.40m));
        Written(edited).Documents.ShouldHaveSingleItem().Kind.ShouldBe(DocumentKind.Invoice);
        var back = edited.Evolve(new PaymentRefunded(2m, "late", Now));
        Written(back).Documents.Select(document => document.Sums.Total).ShouldBe([9.90m, 2m]);
    }

    [Fact]
    public void Money_that_was_given_back_before_the_goods_left_is_credited_with_their_invoice()
    {
        var order = Given<Order>([.. Paid, new PaymentRefunded(5m, "late", Now), Sent(1, ("MUG", 2), ("PEN", 1))]);

        Written(order).Documents.Select(document => (document.Kind, document.Sums.Total)).ShouldBe([(DocumentKind.Invoice, 21.30m), (DocumentKind.CreditNote, 5m)]);
    }

    [Fact]
    public void Shipping_that_no_parcel_is_left_to_carry_is_invoiced_alone()
    {
        var options = new TestRules { Shipping = 5m, FreeFrom = 20m };
        var order = Given<Order>([.. Paid, Sent(1, ("MUG", 1))]);
        var books = Written(order);
        var edited = order.Edit(new OrderEdit([new("MUG", 1), new("PEN", 0)], null, null, null, null), Offers("USD"), PricedBy(options), Now)
            .Events.Aggregate(order, (state, e) => state.Evolve(e));

        (edited.Status, edited.Totals.Total).ShouldBe((OrderStatus.Shipped, Usd(14.90m)));
        Written(edited, books).Documents[1].Sums.ShouldBe(DocumentSums.Of(0m, 0m, 5m, 0m));
    }

    [Property(MaxTest = 300)]
    public Property The_invoices_of_an_order_add_up_to_it_however_it_is_sent() => Prop.ForAll(
        (from quantities in Gen.Choose(1, 9).ArrayOf(3) from cents in Gen.Choose(1, 5000).ArrayOf(3) from shipping in Gen.Choose(0, 2000) from rate in Gen.Choose(0, 25)
         from off in Gen.Choose(0, 100) from steps in Gen.Choose(0, 2).ArrayOf(40) select (quantities, cents, shipping, rate, off, steps)).ToArbitrary(),
        given =>
        {
            var lines = given.quantities.Select((quantity, i) => new PlacedLine($"{i}", ProductId, $"{i}", quantity, given.cents[i] / 100m)).ToArray();
            var subtotal = lines.Sum(line => line.Quantity * line.UnitAmount);
            var discount = decimal.Round(subtotal * given.off / 100m, 2);
            var taxable = subtotal - discount + (given.shipping / 100m);
            var tax = decimal.Round(taxable * given.rate / 100m, 2, MidpointRounding.AwayFromZero);
            var order = Given<Order>(
                Placed() with { Lines = lines, Totals = new PlacedTotals(subtotal, given.shipping / 100m, tax, discount, taxable + tax) },
                new PaymentCaptured(taxable + tax, Now), new OrderConfirmed(Now));
            var (books, parcel) = (OrderBooks.Initial, 0);
            foreach (var sku in given.steps.Concat([0, 1, 2]).Select(step => $"{step}"))
            {
                var left = order.Lines.Single(line => line.Sku == sku).Quantity - order.Shipments.Shipped(sku);
                if (left > 0)
                {
                    order = order.Evolve(Sent(++parcel, (sku, parcel % 2 == 0 ? left : 1)));
                    books = Written(order, books);
                }
            }

            while (order.Lines.FirstOrDefault(line => order.Shipments.Shipped(line.Sku) < line.Quantity) is { } open)
            {
                order = order.Evolve(Sent(++parcel, (open.Sku, open.Quantity - order.Shipments.Shipped(open.Sku))));
                books = Written(order, books);
            }

            return order.Status == OrderStatus.Shipped && books.Documents.Count == parcel && books.Credited == 0m
                && books.Invoiced == DocumentSums.Of(subtotal, discount, given.shipping / 100m, tax) && books.Documents.All(document => document.Sums.Total >= 0m);
        });

    [Property(MaxTest = 300)]
    public Property Taxes_and_discounts_told_by_line_are_invoiced_by_line() => Prop.ForAll(
        (from quantities in Gen.Choose(1, 7).ArrayOf(2) from cents in Gen.Choose(1, 5000).ArrayOf(2) from rates in Gen.Elements(0.07m, 0.19m).ArrayOf(3) from isIncluded in Gen.Elements(true, false)
         from off in Gen.Choose(0, 50) from steps in Gen.Choose(0, 1).ArrayOf(20) select (quantities, cents, rates, isIncluded, off, steps)).ToArbitrary(),
        given =>
        {
            var lines = given.quantities.Select((quantity, i) =>
            {
                var goods = quantity * given.cents[i] / 100m;
                var off = decimal.Round(goods * given.off / 100m, 2);
                var tax = decimal.Round((goods - off) * given.rates[i], 2);
                return new PlacedLine($"{i}", ProductId, $"{i}", quantity, given.cents[i] / 100m, [new PlacedDiscount(ProductId, null, "Off", off)], new PlacedTax("standard", given.rates[i], tax, given.isIncluded));
            }).ToArray();
            var shippingTax = new PlacedTax("standard", given.rates[2], 0.57m, given.isIncluded);
            var (subtotal, discount) = (lines.Sum(line => line.Quantity * line.UnitAmount), lines.Sum(line => line.Discounts!.Sum(part => part.Amount)) + 1m);
            var allTax = lines.Sum(line => line.Tax!.Amount) + 0.57m;
            var added = given.isIncluded ? 0m : allTax;
            var total = subtotal + 5m + added - discount;
            var order = Given<Order>(
                Placed() with { Lines = lines, Totals = new PlacedTotals(subtotal, 5m, added, discount, total, given.isIncluded ? allTax : null, 1m, shippingTax) },
                new PaymentCaptured(total, Now), new OrderConfirmed(Now));
            var (books, parcel) = (OrderBooks.Initial, 0);
            foreach (var sku in given.steps.Select(step => $"{step}").Concat(Enumerable.Repeat("0", 7)).Concat(Enumerable.Repeat("1", 7)))
            {
                if (order.Lines.Single(line => line.Sku == sku).Quantity > order.Shipments.Shipped(sku))
                {
                    order = order.Evolve(Sent(++parcel, (sku, 1)));
                    books = Written(order, books);
                }
            }

            var taxes = books.Documents.SelectMany(document => document.Taxes).ToList();
            return order.Status == OrderStatus.Shipped && books.Invoiced == DocumentSums.Of(subtotal, discount, 5m, added) && taxes.Sum(tax => tax.Amount) == allTax
                && taxes.All(tax => tax.IsIncluded == given.isIncluded && tax.Rate is not null)
                && books.Documents.All(document => document.Taxes.Where(tax => !tax.IsIncluded).Sum(tax => tax.Amount) == document.Sums.Tax);
        });

    private static OrderBooks Written(Order order, OrderBooks? before = null)
    {
        var books = before ?? OrderBooks.Initial;
        while (books.Next(order) is { } draft)
        {
            var number = DocumentSeries.Write(DocumentSeries.NameOf(draft.Kind, 2026), books.Documents.Count + 1);
            books = OrderBooks.Issue(draft, OrderId, order, number, new Seller(), Now).Events.Aggregate(books, (state, e) => state.Evolve(e));
            books.Documents.Count.ShouldBeLessThan(100);
        }

        return books;
    }

    private static Guid Parcel(int number) => new(number, 0, 0, new byte[8]);

    private static ShipmentDispatched Sent(int number, params (string Sku, int Quantity)[] lines) =>
        new(Parcel(number), [.. lines.Select(line => new ShippedLine(line.Sku, line.Quantity))], "DHL", "JD01", Now);
}
