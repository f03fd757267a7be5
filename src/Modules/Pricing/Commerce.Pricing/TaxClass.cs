using Commerce.EventStore;

namespace Commerce.Pricing;

/// <summary>The products of these categories, and of those below them, are in a tax class unless they name one themselves.</summary>
/// <param name="Code">The class.</param>
/// <param name="Label">Its name for people.</param>
/// <param name="CategoryIds">The categories.</param>
internal sealed record TaxClassSet(string Code, string Label, IReadOnlyList<Guid> CategoryIds);

/// <summary>Categories lead into this class no more.</summary>
internal sealed record TaxClassRemoved(string Code);

/// <summary>A class of goods that are taxed alike.</summary>
internal sealed record TaxClass : IAggregate<TaxClass>
{
    private static readonly Guid Space = new("5b0ad2e6-3f0c-4a53-9f0e-8e2f6d1c7a03");

    /// <inheritdoc />
    public static string StreamType => "tax_class";

    /// <inheritdoc />
    public static TaxClass Initial { get; } = new();

    /// <summary>What it says, or null.</summary>
    public TaxClassSet? Terms { get; private init; }

    /// <summary>The class.</summary>
    public string Code { get; private init; } = "";

    /// <summary>The stream of a class.</summary>
    public static Guid IdOf(string code) => Identifiers.FromName(Space, code);

    /// <summary>Makes it what is asked; the same again changes nothing.</summary>
    public Decision Set(TaxClassSet terms) => Terms is { } known && PricingJson.Same(known, terms, PricingJson.Default.TaxClassSet) ? Decision.Nothing : Decision.Of(terms);

    /// <summary>Removes it.</summary>
    public Decision Remove(string code) => Terms is null ? new RuleNotFound(code) : Decision.Of(new TaxClassRemoved(code));

    /// <inheritdoc />
    public TaxClass Evolve(object @event) => @event switch
    {
        TaxClassSet set => new TaxClass { Terms = set, Code = set.Code },
        TaxClassRemoved => this with { Terms = null },
        _ => this,
    };
}
