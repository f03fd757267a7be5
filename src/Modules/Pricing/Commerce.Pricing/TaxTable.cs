using Commerce.EventStore;

namespace Commerce.Pricing;

/// <summary>The taxes of a country are what this says, whatever they were before.</summary>
/// <param name="Country">ISO 3166-1 alpha-2.</param>
/// <param name="PricesIncludeTax">Whether the shop's prices for this market hold the tax already.</param>
/// <param name="ShippingClass">The tax class of shipping; null leaves it untaxed.</param>
/// <param name="Rates">The rates.</param>
internal sealed record TaxTableSet(string Country, bool PricesIncludeTax, string? ShippingClass, IReadOnlyList<TaxRate> Rates);

/// <summary>The shop asks for no tax of this country any more.</summary>
internal sealed record TaxTableRemoved(string Country);

/// <summary>A rate. The same on the wire and in events.</summary>
/// <param name="Class">The tax class of the goods.</param>
/// <param name="Rate">0 to 1, at most six digits, such as 0.19.</param>
/// <param name="Region">The state or province; null is the whole country.</param>
internal sealed record TaxRate(string Class, decimal Rate, string? Region = null);

/// <summary>The taxes of a country.</summary>
internal sealed record TaxTable : IAggregate<TaxTable>
{
    private static readonly Guid Space = new("5b0ad2e6-3f0c-4a53-9f0e-8e2f6d1c7a02");

    /// <inheritdoc />
    public static string StreamType => "tax_table";

    /// <inheritdoc />
    public static TaxTable Initial { get; } = new();

    /// <summary>What it says, or null.</summary>
    public TaxTableSet? Terms { get; private init; }

    /// <summary>The country.</summary>
    public string Country { get; private init; } = "";

    /// <summary>The stream of a country.</summary>
    public static Guid IdOf(string country) => Identifiers.FromName(Space, country);

    /// <summary>Makes it what is asked; the same again changes nothing.</summary>
    public Decision Set(TaxTableSet terms) => Terms is { } known && PricingJson.Same(known, terms, PricingJson.Default.TaxTableSet) ? Decision.Nothing : Decision.Of(terms);

    /// <summary>Removes it.</summary>
    public Decision Remove(string country) => Terms is null ? new RuleNotFound(country) : Decision.Of(new TaxTableRemoved(country));

    /// <inheritdoc />
    public TaxTable Evolve(object @event) => @event switch
    {
        TaxTableSet set => new TaxTable { Terms = set, Country = set.Country },
        TaxTableRemoved => this with { Terms = null },
        _ => this,
    };
}
