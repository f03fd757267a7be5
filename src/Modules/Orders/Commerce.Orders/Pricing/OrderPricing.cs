using Commerce.Catalog.Contracts;
using Commerce.Monetary;
using Commerce.Outcomes;
using Commerce.Pricing.Contracts;

namespace Commerce.Orders.Pricing;

/// <summary>Prices a draft from the shop's offers and rules. Pure: offers, rules, buyer and moment come in as data.</summary>
internal sealed class OrderPricing(IPriceRules rules, Buyer buyer, DateTimeOffset at)
{
    // Far above any real order and far below the end of decimal, so that sums of 200 lines cannot overflow.
    private const decimal LargestLine = 1_000_000_000_000_000m;

    /// <summary>Who buys.</summary>
    public Buyer Buyer => buyer;

    /// <summary>A new order's draft with its lines and sums.</summary>
    /// <param name="draft">What is wanted.</param>
    /// <param name="offers">The shop's offers.</param>
    /// <param name="excluded">Discounts that a decision found used up.</param>
    public Outcome<PricedDraft> Price(OrderDraft draft, IReadOnlyDictionary<string, SkuOffer> offers, IReadOnlyCollection<Guid>? excluded = null) =>
        Price(draft, offers, question => question with { Excluded = excluded ?? [] });

    /// <summary>The draft of an order that stands: it keeps the discounts that it holds and the shipping that was agreed on, should the shop not offer that any more.</summary>
    public Outcome<PricedDraft> Reprice(OrderDraft draft, IReadOnlyDictionary<string, SkuOffer> offers, IReadOnlyCollection<Guid> held, Money? agreedShipping) =>
        Price(draft, offers, question => question with { Held = held, AgreedShipping = agreedShipping?.Amount });

    /// <summary>The sums of goods that are for sale, for showing.</summary>
    public PriceQuote Quote(
        string currency, IReadOnlyList<GoodsLine> lines, Destination? destination, string? method, IReadOnlyList<string> coupons, IReadOnlyCollection<Guid>? excluded = null) =>
        rules.Quote(new PriceQuestion(currency, lines, destination, method, coupons, buyer, at) { Excluded = excluded ?? [] });

    /// <summary>The ways of shipping goods that are for sale.</summary>
    public IReadOnlyList<ShippingOption> ShippingOptions(string currency, IReadOnlyList<GoodsLine> lines, Destination destination, IReadOnlyList<string> coupons) =>
        rules.ShippingOptions(new PriceQuestion(currency, lines, destination, null, coupons, buyer, at));

    /// <summary>A line as the rules ask for it.</summary>
    public static GoodsLine Goods(SkuOffer offer, int quantity) => new(offer.Sku, quantity, offer.UnitAmount, offer.WeightGrams, offer.CategoryIds, offer.TaxClass);

    private Outcome<PricedDraft> Price(OrderDraft draft, IReadOnlyDictionary<string, SkuOffer> offers, Func<PriceQuestion, PriceQuestion> with)
    {
        var goods = new GoodsLine[draft.Lines.Count];
        for (var i = 0; i < goods.Length; i++)
        {
            var (sku, quantity) = draft.Lines[i];
            if (!offers.TryGetValue(sku, out var offer))
            {
                return new SkuUnavailable([.. draft.Lines.Where(line => !offers.ContainsKey(line.Sku)).Select(line => line.Sku)]);
            }

            if (offer.UnitAmount > LargestLine / quantity)
            {
                return new OrderTooLarge();
            }

            goods[i] = Goods(offer, quantity);
        }

        var address = draft.ShippingAddress;
        var question = with(new PriceQuestion(
            draft.Currency, goods, new Destination(address.Country, address.Region), draft.ShippingMethod.Length == 0 ? null : draft.ShippingMethod, draft.Coupons, buyer, at));
        var quote = rules.Quote(question);
        return Fault(question, quote) is { } fault ? fault : PricedDraft.Of(quote, [.. draft.Lines.Select(line => offers[line.Sku])], goods, draft.Currency);
    }

    private Refusal? Fault(PriceQuestion question, PriceQuote quote)
    {
        // An order that stands loses a coupon whose conditions it does not meet any more; only a new one is asked to think again.
        if (question.Held is null && quote.Coupons.FirstOrDefault(coupon => coupon.Fault != CouponFault.None) is { } coupon)
        {
            return CouponRefusals.Of(coupon);
        }

        return quote.ShippingFault switch
        {
            ShippingFault.None => null,
            ShippingFault.Unknown => ValidationFailed.Of("shippingMethod", "This shipping method is not offered."),
            _ => new ShippingMethodUnavailable(question.ShippingMethod, [.. rules.ShippingOptions(question).Select(option => option.Method)]),
        };
    }
}

/// <summary>A draft's lines and sums.</summary>
/// <param name="Lines">The lines with what was worked out for them.</param>
/// <param name="Totals">The sums.</param>
/// <param name="ShippingMethod">How it goes.</param>
/// <param name="Discounts">What is taken off.</param>
internal sealed record PricedDraft(IReadOnlyList<PlacedLine> Lines, OrderTotals Totals, string ShippingMethod, IReadOnlyList<OrderDiscount> Discounts)
{
    /// <summary>The quote as an event keeps it; what there is none of is left out.</summary>
    public static PricedDraft Of(PriceQuote quote, IReadOnlyList<SkuOffer> offers, IReadOnlyList<GoodsLine> goods, string currency)
    {
        var lines = new PlacedLine[goods.Count];
        for (var i = 0; i < lines.Length; i++)
        {
            var (offer, quoted) = (offers[i], quote.Lines[i]);
            lines[i] = new PlacedLine(
                offer.Sku, offer.ProductId, offer.ProductName, goods[i].Quantity, offer.UnitAmount,
                quoted.Discounts.Count == 0 ? null : [.. quoted.Discounts.Select(part => new PlacedDiscount(part.DiscountId, part.Code, part.Label, part.Amount))], PlacedTax.Of(quoted.Tax));
        }

        var sending = quote.Shipping!;
        return new PricedDraft(
            lines,
            new OrderTotals(Money.Of(quote.Subtotal, currency), Money.Of(sending.Amount, currency), Money.Of(quote.Tax, currency), Money.Of(quote.Discount, currency))
            {
                IncludedTax = quote.IncludedTax,
                ShippingDiscount = sending.Discount,
                ShippingTax = PlacedTax.Of(sending.Tax),
            },
            sending.Method,
            [.. quote.Discounts.Select(one => new OrderDiscount(one.DiscountId, one.Code, one.Label, one.Amount, one.IsCounted))]);
    }
}

/// <summary>The shop does not sell these: unknown, not active, or without a price in the currency.</summary>
[Problem(409, "sku-unavailable", "Not for sale")]
internal sealed record SkuUnavailable(IReadOnlyList<string> Skus) : Refusal("The shop does not sell these SKUs in this currency at the moment; see skus.");

/// <summary>The sums leave every sensible range.</summary>
[Problem(409, "order-too-large", "The order is too large")]
internal sealed record OrderTooLarge() : Refusal("The value of a line, or the number of lines, is beyond what one order may hold.");

/// <summary>These goods do not go to this address this way.</summary>
[Problem(409, "shipping-method-unavailable", "Not shipped this way")]
internal sealed record ShippingMethodUnavailable(string? ShippingMethod, IReadOnlyList<string> Available)
    : Refusal("These goods do not go to this address this way: wrong country, weight or currency; see available.");
