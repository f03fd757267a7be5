using Commerce.Monetary;

namespace Commerce.Orders.Pricing;

/// <summary>What the state asks for on top. Pure: it is called inside decisions.</summary>
internal interface ITaxRates
{
    /// <summary>The tax on an amount that goes to an address.</summary>
    Money TaxOn(Money taxable, PostalAddress destination);
}

/// <summary>
/// One rate per country of destination, none where none is configured. The tax is worked out once, on goods after discounts plus shipping, and rounded
/// half away from zero: lines rounded one by one would add up to another sum than the invoice shows.
/// </summary>
internal sealed class CountryTax(OrdersOptions options) : ITaxRates
{
    /// <inheritdoc />
    public Money TaxOn(Money taxable, PostalAddress destination) =>
        options.TaxRates.TryGetValue(destination.Country, out var rate) ? Money.Rounded(taxable.Amount * rate, taxable.Currency) : Money.Zero(taxable.Currency);
}
