using Commerce.Monetary;

namespace Commerce.Orders.Pricing;

/// <summary>What it costs to send an order. Pure: it is called inside decisions.</summary>
internal interface IShippingRates
{
    /// <summary>Whether the shop ships this way.</summary>
    bool Offers(string method);

    /// <summary>The cost in the subtotal's currency.</summary>
    /// <param name="method">One that is offered.</param>
    /// <param name="goods">The goods' value after discounts.</param>
    /// <param name="destination">Where they go.</param>
    Money CostOf(string method, Money goods, PostalAddress destination);
}

/// <summary>A flat price for each method and currency, nothing from an amount on. What is not configured costs nothing.</summary>
internal sealed class FlatShipping(OrdersOptions options) : IShippingRates
{
    /// <inheritdoc />
    public bool Offers(string method) => options.Shipping.ContainsKey(method);

    /// <inheritdoc />
    public Money CostOf(string method, Money goods, PostalAddress destination)
    {
        var rate = options.Shipping[method];
        var isFree = rate.FreeFrom.TryGetValue(goods.Currency, out var freeFrom) && goods.Amount >= freeFrom;
        return isFree || !rate.Price.TryGetValue(goods.Currency, out var price) ? Money.Zero(goods.Currency) : Money.Rounded(price, goods.Currency);
    }
}
