using Commerce.EventStore;
using Commerce.Monetary;
using Commerce.Outcomes;

namespace Commerce.Pricing;

/// <summary>A way of shipping is what this says, whatever it was before.</summary>
/// <param name="Code">What orders name it by.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="Position">Lists show the lowest first, and the first that is open is taken when nobody chose.</param>
/// <param name="Rates">What it costs where.</param>
internal sealed record ShippingMethodSet(string Code, string Label, int Position, IReadOnlyList<ShippingRate> Rates);

/// <summary>Nothing is shipped this way any more.</summary>
internal sealed record ShippingMethodRemoved(string Code);

/// <summary>What a way of shipping costs to some destinations, in one currency. The same on the wire and in events: a change of one is a change of both.</summary>
/// <param name="Countries">ISO 3166-1 alpha-2 codes; none is everywhere.</param>
/// <param name="Regions">States or provinces of the only country; none is all of it.</param>
/// <param name="Price">The flat price; neither a price nor weights costs nothing, in every currency.</param>
/// <param name="Weights">Prices by weight instead; what is heavier than the last does not go this way.</param>
/// <param name="FreeFrom">The value of the goods after discounts from which it costs nothing.</param>
internal sealed record ShippingRate(
    IReadOnlyList<string>? Countries = null, IReadOnlyList<string>? Regions = null, Money? Price = null, IReadOnlyList<WeightPrice>? Weights = null, Money? FreeFrom = null)
{
    /// <summary>The currency that it is in, or null for every one.</summary>
    public string? Currency() => Price?.Currency ?? (Weights is [var first, ..] ? first.Price.Currency : FreeFrom?.Currency);
}

/// <summary>The price up to a weight.</summary>
/// <param name="UpToGrams">The goods' weight, this one included.</param>
/// <param name="Price">What it costs.</param>
internal sealed record WeightPrice(int UpToGrams, Money Price);

/// <summary>A way of shipping.</summary>
internal sealed record ShippingMethod : IAggregate<ShippingMethod>
{
    private static readonly Guid Space = new("5b0ad2e6-3f0c-4a53-9f0e-8e2f6d1c7a01");

    /// <inheritdoc />
    public static string StreamType => "shipping_method";

    /// <inheritdoc />
    public static ShippingMethod Initial { get; } = new();

    /// <summary>What it is; null when it was never set. It stays when the way is removed, for the record.</summary>
    public ShippingMethodSet? Terms { get; private init; }

    /// <summary>Whether it was removed.</summary>
    public bool IsRemoved { get; private init; }

    /// <summary>What it was removed by: also a way that the shop brings along can be removed.</summary>
    public string Code { get; private init; } = "";

    /// <summary>The stream of a code.</summary>
    public static Guid IdOf(string code) => Identifiers.FromName(Space, code);

    /// <summary>Makes it what is asked; the same again changes nothing.</summary>
    public Decision Set(ShippingMethodSet terms) =>
        !IsRemoved && Terms is { } known && PricingJson.Same(known, terms, PricingJson.Default.ShippingMethodSet) ? Decision.Nothing : Decision.Of(terms);

    /// <summary>Removes it; a second time changes nothing.</summary>
    public Decision Remove(string code) =>
        IsRemoved ? Decision.Nothing
        : Terms is null && !BuiltIn.IsShippingMethod(code) ? new RuleNotFound(code)
        : Decision.Of(new ShippingMethodRemoved(code));

    /// <inheritdoc />
    public ShippingMethod Evolve(object @event) => @event switch
    {
        ShippingMethodSet set => new ShippingMethod { Terms = set, Code = set.Code },
        ShippingMethodRemoved removed => this with { IsRemoved = true, Code = removed.Code },
        _ => this,
    };
}

/// <summary>There is nothing under this code.</summary>
[Problem(404, "price-rule-not-found", "There is no such rule")]
internal sealed record RuleNotFound(string Code) : Refusal("There is no shipping method, tax table, tax class, discount or group under this address.");
