namespace Commerce.Pricing.Contracts;

/// <summary>What the shop asks beside the prices of its goods, and what it gives off them: shipping, tax and discounts.</summary>
public interface IRuleBook
{
    /// <summary>The rules as this host knows them now: out of memory while nothing has changed.</summary>
    ValueTask<IPriceRules> CurrentAsync(CancellationToken cancellationToken);

    /// <summary>The customer group of a buyer, or null.</summary>
    ValueTask<string?> GroupOfAsync(Guid customerId, CancellationToken cancellationToken);

    /// <summary>Which of these discounts this buyer can use no more, for showing a cart. Only a decision settles it: see <see cref="RedeemDiscounts"/>.</summary>
    ValueTask<IReadOnlyList<Guid>> UsedUpAsync(IReadOnlyCollection<Guid> discountIds, Guid? buyer, CancellationToken cancellationToken);
}

/// <summary>The rules of one moment. Immutable and pure, so a decision may ask them.</summary>
public interface IPriceRules
{
    /// <summary>The sums for these goods. Every sum follows from parts that are in the answer.</summary>
    PriceQuote Quote(PriceQuestion question);

    /// <summary>Whether the shop ever issued this coupon; whether it counts is another matter.</summary>
    bool Knows(string coupon);

    /// <summary>Whether the shop ships this way, to whatever destination.</summary>
    bool Ships(string method);

    /// <summary>Every way of shipping these goods to their destination, in the shop's order.</summary>
    IReadOnlyList<ShippingOption> ShippingOptions(PriceQuestion question);

    /// <summary>Whether any discount for this question depends on <see cref="Buyer.IsFirstOrder"/>, which costs a look-up.</summary>
    bool AsksForFirstOrder(IReadOnlyCollection<string> coupons);
}

/// <summary>A way of shipping that can be chosen.</summary>
/// <param name="Method">Its code.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="Amount">What it costs, before any discount on shipping.</param>
/// <param name="Discount">What is taken off it.</param>
public sealed record ShippingOption(string Method, string Label, decimal Amount, decimal Discount);
