using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;

namespace Commerce.Catalog;

/// <summary>What an import does to a product it knows: what the row says replaces what was, variants are matched by SKU, and nothing is taken away.</summary>
/// <param name="Id">The product.</param>
/// <param name="Draft">The row; categories by id.</param>
/// <param name="UnclaimedSkus">SKUs of the row that no variant had when it was looked.</param>
/// <param name="Slug">The slug to claim, or null when the row names none or the one it has.</param>
/// <param name="Rules">What categories ask of attributes.</param>
internal sealed record ProductUpsert(Guid Id, ProductDraft Draft, IReadOnlyList<string> UnclaimedSkus, string? Slug, AttributeRules Rules)
{
    private readonly List<string> _slugs =
        [.. (Draft.Translations?.Values ?? []).Select(text => text.Slug).Prepend(Slug).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>Names the streams.</summary>
    public void Touch(Touches touches)
    {
        touches.Stream<Product>(Id);
        foreach (var sku in UnclaimedSkus)
        {
            touches.Stream<SkuClaim>(SkuClaim.IdOf(sku));
        }

        touches.Slugs(_slugs);
    }

    /// <summary>Changes what differs; a row that says what already holds writes nothing.</summary>
    public Outcome<StagedStream<Product>> Decide(DecisionScope scope)
    {
        var stream = scope.Stream<Product>(Id);
        return scope.TakeSlugs(_slugs, Id)
            .Then(_ => Rules.Check(Draft.Over(stream.State.Content), stream.State.Content, (Draft.Status ?? stream.State.StatusAt(scope.Now)) == ProductStatus.Active))
            .Then(content => stream.Apply(product => product.Revise(content)))
            .Then(_ => Draft.Variants.Aggregate((Outcome<Product>)stream.State, (outcome, variant) => outcome.Then(_ => Put(scope, stream, variant))))
            .Then(_ => Draft.Status == ProductStatus.Active && stream.State.Status != ProductStatus.Active ? Rules.Complete(stream.State.Content) : default(Done))
            .Then(_ => stream.Apply(product => Draft.Status is { } status && Draft.PublishAt is null ? product.Become(status) : Decision.Nothing))
            .Then(_ => Draft.Schedule(stream, scope.Now))
            .Map(_ => stream);
    }

    private Outcome<Product> Put(DecisionScope scope, StagedStream<Product> stream, ProductVariant variant)
    {
        if (stream.State.Variant(variant.Sku) is not null)
        {
            return stream.Apply(product => product.ReviseVariant(variant));
        }

        return UnclaimedSkus.Contains(variant.Sku)
            ? scope.Stream<SkuClaim>(SkuClaim.IdOf(variant.Sku)).Apply(claim => claim.Take(variant.Sku, Id)).Then(_ => stream.Apply(product => product.AddVariant(variant)))
            : new SkuTaken(variant.Sku);
    }
}
