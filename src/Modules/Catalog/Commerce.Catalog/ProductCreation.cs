using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;

namespace Commerce.Catalog;

/// <summary>A product's birth spans streams: its own, a claim for each SKU, and one for its slug.</summary>
/// <param name="Id">The new product's id.</param>
/// <param name="Draft">What it shall be; categories by id.</param>
internal sealed record ProductCreation(Guid Id, ProductDraft Draft)
{
    private readonly SlugWish _slug = new(Id, Draft.Slug, Draft.GeneratedSlug(Id));

    /// <summary>Names the streams.</summary>
    public void Touch(Touches touches)
    {
        touches.Stream<Product>(Id);
        _slug.Touch(touches);
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
        return _slug.Take(scope)
            .Then(slug => stream.Apply(Product.Create(Draft.NewContent(slug), Draft.Variants, Draft.Status ?? ProductStatus.Draft, scope.Now)))
            .Map(_ => stream);
    }
}
