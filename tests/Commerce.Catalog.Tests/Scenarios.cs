using Commerce.EventStore;

namespace Commerce.Catalog.Tests;

/// <summary>States that many tests begin with.</summary>
internal static class Scenarios
{
    public static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    public static ProductContent Content(string slug = "red-shirt", string name = "Red shirt") => new(
        slug,
        new Dictionary<string, ProductText> { ["en"] = new(name, "A shirt.") },
        [],
        new Dictionary<string, string> { ["brand"] = "Acme" },
        []);

    public static ProductVariant Variant(string sku = "A", decimal amount = 39.90m) =>
        new(sku, new Dictionary<string, string> { ["size"] = "M" }, null, null, [PriceEntry.Base("USD", amount)]);

    public static Product Draft(params ProductVariant[] variants) =>
        Product.Initial.After(Product.Create(Content(), variants.Length == 0 ? [Variant()] : variants, ProductStatus.Draft, Now));

    public static Product Active(params ProductVariant[] variants) => Draft(variants) is var draft ? draft.After(draft.Publish()) : draft;

    public static TAggregate After<TAggregate>(this TAggregate state, Decision decision)
        where TAggregate : class, IAggregate<TAggregate>
    {
        decision.Refusal.ShouldBeNull();
        return decision.Events.Aggregate(state, (current, e) => current.Evolve(e));
    }

    public static void ShouldBeNothing(this Decision decision)
    {
        decision.Refusal.ShouldBeNull();
        decision.Events.ShouldBeEmpty();
    }

    public static TEvent ShouldBeOne<TEvent>(this Decision decision)
    {
        decision.Refusal.ShouldBeNull();
        return decision.Events.ShouldHaveSingleItem().ShouldBeOfType<TEvent>();
    }
}
