using Commerce.EventStore;
using Commerce.Outcomes;

namespace Commerce.Catalog;

/// <summary>
/// Who holds a SKU, and how the inventory last called its stock: a tiny stream whose id is computed from the SKU, so that two products racing for it
/// meet in one place.
/// </summary>
internal sealed record SkuClaim(Guid? ProductId, string? Availability) : IAggregate<SkuClaim>
{
    private static readonly Guid Space = new("6f0f2c55-6f3f-5d2b-9a55-0d5b1f1c7a01");

    /// <inheritdoc />
    public static string StreamType => "sku_claim";

    /// <inheritdoc />
    public static SkuClaim Initial { get; } = new(null, null);

    /// <summary>The stream of a SKU.</summary>
    public static Guid IdOf(string sku) => Identifiers.FromName(Space, sku);

    /// <summary>Takes it for a product.</summary>
    public Decision Take(string sku, Guid productId) => ProductId switch
    {
        null => Decision.Of(new SkuClaimed(sku, productId)),
        _ => new SkuTaken(sku),
    };

    /// <summary>Gives it back.</summary>
    public Decision Release(string sku) => ProductId is null ? Decision.Nothing : Decision.Of(new SkuReleased(sku));

    /// <summary>Another word for its stock; most movements of stock change none.</summary>
    public Decision CallAvailability(string sku, string word) =>
        word == Availability ? Decision.Nothing : Decision.Of(new SkuAvailabilityChanged(sku, ProductId, word));

    /// <inheritdoc />
    public SkuClaim Evolve(object @event) => @event switch
    {
        SkuClaimed e => this with { ProductId = e.ProductId },
        SkuReleased => this with { ProductId = null },
        SkuAvailabilityChanged e => this with { Availability = e.Availability },
        _ => this,
    };
}

/// <summary>A SKU got its owner.</summary>
internal sealed record SkuClaimed(string Sku, Guid ProductId);

/// <summary>A SKU is free again.</summary>
internal sealed record SkuReleased(string Sku);

/// <summary>Pages call the stock of a SKU by another word.</summary>
internal sealed record SkuAvailabilityChanged(string Sku, Guid? ProductId, string Availability);

/// <summary>Who holds a product slug. A product keeps the slugs it once had, so that old links still lead to it.</summary>
internal sealed record SlugClaim(Guid? ProductId) : IAggregate<SlugClaim>
{
    private static readonly Guid Space = new("6f0f2c55-6f3f-5d2b-9a55-0d5b1f1c7a02");

    /// <inheritdoc />
    public static string StreamType => "slug_claim";

    /// <inheritdoc />
    public static SlugClaim Initial { get; } = new((Guid?)null);

    /// <summary>The stream of a slug.</summary>
    public static Guid IdOf(string slug) => Identifiers.FromName(Space, slug);

    /// <summary>Takes it for a product; its own slug is no clash.</summary>
    public Decision Take(string slug, Guid productId) => ProductId switch
    {
        null => Decision.Of(new SlugClaimed(slug, productId)),
        _ when ProductId == productId => Decision.Nothing,
        _ => new SlugTaken(slug),
    };

    /// <inheritdoc />
    public SlugClaim Evolve(object @event) => @event is SlugClaimed e ? new SlugClaim(e.ProductId) : this;
}

/// <summary>A slug got its owner.</summary>
internal sealed record SlugClaimed(string Slug, Guid ProductId);

/// <summary>Slugs that a product asks for beside its first one, all or none.</summary>
internal static class SlugClaims
{
    /// <summary>The claim streams of these slugs.</summary>
    public static void Slugs(this Touches touches, IEnumerable<string> slugs)
    {
        foreach (var slug in slugs)
        {
            touches.Stream<SlugClaim>(SlugClaim.IdOf(slug));
        }
    }

    /// <summary>Takes them; those that it has are no clash.</summary>
    public static Outcome<Done> TakeSlugs(this DecisionScope scope, IEnumerable<string> slugs, Guid productId) => slugs.Aggregate(
        (Outcome<Done>)default(Done),
        (taken, slug) => taken.Then(_ => scope.Stream<SlugClaim>(SlugClaim.IdOf(slug)).Apply(claim => claim.Take(slug, productId)).Map(_ => default(Done))));
}

/// <summary>The slug that a product asks for: its own choice, or one made from its name that gives way when it is taken.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="Chosen">The slug the client asked for, or null.</param>
/// <param name="Generated">The slug made from the name.</param>
internal sealed record SlugWish(Guid ProductId, string? Chosen, string Generated)
{
    private string Fallback => Slugs.WithSuffix(Generated, ProductId);

    /// <summary>The claim streams that <see cref="Take"/> may need.</summary>
    public void Touch(Touches touches)
    {
        touches.Stream<SlugClaim>(SlugClaim.IdOf(Chosen ?? Generated));
        if (Chosen is null)
        {
            touches.Stream<SlugClaim>(SlugClaim.IdOf(Fallback));
        }
    }

    /// <summary>Claims a slug and says which.</summary>
    public Outcome<string> Take(DecisionScope scope)
    {
        var first = TakeOne(scope, Chosen ?? Generated);
        return first.IsSuccess || Chosen is not null ? first : TakeOne(scope, Fallback);
    }

    private Outcome<string> TakeOne(DecisionScope scope, string slug) =>
        scope.Stream<SlugClaim>(SlugClaim.IdOf(slug)).Apply(claim => claim.Take(slug, ProductId)).Map(_ => slug);
}
