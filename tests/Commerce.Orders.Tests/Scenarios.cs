using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Commerce.Monetary;
using Commerce.Orders.Pricing;
using Commerce.Orders.Tests.Pricing;
using Commerce.Outcomes;
using Commerce.Pricing.Contracts;

namespace Commerce.Orders.Tests;

/// <summary>States that tests start from, and the few words of Given/When/Then.</summary>
internal static class Scenarios
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly Guid Customer = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057");
    public static readonly Guid OrderId = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8058");
    public static readonly Guid ProductId = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8059");

    public static readonly PostalAddress Seoul = new("Kim Minji", "Sejong-daero 110", "Seoul", "04524", "KR");

    public static OrderDraft Draft(params SkuQuantity[] lines) => new(
        OrderId, "7K3M-9QX2-V4TD", Customer, "minji@example.com", null, "session-1", null, "USD", lines, Seoul, "standard", [], "manual", null);

    public static IReadOnlyDictionary<string, SkuOffer> Offers(string currency, params (string Sku, decimal Amount)[] offers) =>
        offers.ToDictionary(offer => offer.Sku, offer => new SkuOffer(offer.Sku, ProductId, $"Name of {offer.Sku}", offer.Amount, currency), StringComparer.Ordinal);

    public static OrderPricing PricedBy(IPriceRules? rules = null) => new(rules ?? new TestRules(), Buyer.Unknown, Now);

    public static OrderPlaced Placed(string? accessHash = null, Guid? customer = null) => new(
        "7K3M-9QX2-V4TD", customer, null, accessHash, "session-1", null, "USD",
        [new PlacedLine("MUG", ProductId, "Mug", 2, 9.90m), new PlacedLine("PEN", ProductId, "Pen", 1, 1.50m)],
        new PlacedTotals(21.30m, 0m, 0m, 0m, 21.30m), Seoul, "standard", null, "manual", Now);

    public static OrderCancelled Cancelled(Guid? customer = null) => new(
        customer, "session-1", [new ReturnedLine("MUG", ProductId, 2), new ReturnedLine("PEN", ProductId, 1)], "changed my mind", Now);

    public static TAggregate Given<TAggregate>(params object[] events)
        where TAggregate : class, IAggregate<TAggregate> => events.Aggregate(TAggregate.Initial, (state, @event) => state.Evolve(@event));

    public static void Then(this Decision decision, params object[] events)
    {
        decision.Refusal.ShouldBeNull();
        decision.Events.Count.ShouldBe(events.Length);
        foreach (var (actual, expected) in decision.Events.Zip(events))
        {
            Json(actual).ShouldBe(Json(expected));
        }
    }

    public static TRefusal ThenRefused<TRefusal>(this Decision decision)
        where TRefusal : Refusal
    {
        decision.Events.ShouldBeEmpty();
        return decision.Refusal.ShouldBeOfType<TRefusal>();
    }

    public static Money Usd(decimal amount) => Money.Of(amount, "USD");

    // Records compare lists by reference; their JSON compares what they say.
    private static string Json(object @event) => System.Text.Json.JsonSerializer.Serialize(@event, @event.GetType(), OrdersJson.Default.Options);
}
