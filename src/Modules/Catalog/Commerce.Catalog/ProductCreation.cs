using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;

namespace Commerce.Catalog;

/// <summary>A product's birth spans streams: its own, a claim for each SKU, and one for its slug.</summary>
/// <param name="Id">The new product's id.</param>
/// <param name="Draft">What it shall be; categories by id.</param>
/// <param name="Rules">What its categories ask of its attributes.</param>
internal sealed record ProductCreation(Guid Id, ProductDraft Draft, AttributeRules Rules)
{
    private readonly SlugWish _slug = new(Id, Draft.Slug, Draft.GeneratedSlug(Id));
    private readonly List<string> _ofLocales = [.. Draft.Translations!.Values.Select(text => text.Slug).OfType<string>().Distinct(StringComparer.Ordinal)];

    /// <summary>Names the streams.</summary>
    public void Touch(Touches touches)
    {
        touches.NewStream<Product>(Id);
        _slug.Touch(touches);
        touches.Slugs(_ofLocales);
        foreach (var variant in Draft.Variants)
        {
            touches.Stream<SkuClaim>(SkuClaim.IdOf(variant.Sku));
        }
    }

    /// <summary>Claims everything and creates the product, or says what is taken.</summary>
    public Outcome<StagedStream<Product>> Decide(DecisionScope scope)
    {
        foreach (var sku in Draft.Variants.Select(variant => variant.Sku))
        {
            var claimed = scope.Stream<SkuClaim>(SkuClaim.IdOf(sku)).Apply(claim => claim.Take(sku, Id));
            if (!claimed.IsSuccess)
            {
                return claimed.Refusal;
            }
        }

        var stream = scope.Stream<Product>(Id);
        var status = Draft.Status ?? ProductStatus.Draft;
        return _slug.Take(scope)
            .Then(slug => scope.TakeSlugs(_ofLocales, Id).Then(_ => Rules.Check(Draft.NewContent(slug), null, status == ProductStatus.Active || Draft.PublishAt is not null)))
            .Then(content => stream.Apply(Product.Create(content, Draft.Variants, status, scope.Now)))
            .Then(_ => Draft.Schedule(stream, scope.Now))
            .Map(_ => stream);
    }
}
