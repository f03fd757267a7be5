using System.Text.Json;
using Commerce.EventStore;
using Commerce.Outcomes;

namespace Commerce.Inventory.Tests;

/// <summary>States as fixtures, and the words Given, When, Then for pure decisions.</summary>
internal static class Scenarios
{
    public const string Sku = "TEA-1";
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly Guid Order = Guid.Parse("0195f000-0000-7000-8000-000000000001");
    public static readonly Guid OtherOrder = Guid.Parse("0195f000-0000-7000-8000-000000000002");
    public static readonly Guid Cart = Guid.Parse("0195f000-0000-7000-8000-00000000000a");
    public static readonly Guid OtherCart = Guid.Parse("0195f000-0000-7000-8000-00000000000b");

    /// <summary>main before annex, annex before outlet.</summary>
    public static IAllocationRule Rule { get; } = NewRule();

    public static Stock NoStock => Stock.Initial;

    public static Stock TenInMain => NoStock.After(s => s.Receive(Sku, "main", 10, "DN-1", Rule, Noon));

    public static Stock FourInMainAndSixInAnnex => NoStock
        .After(s => s.Receive(Sku, "annex", 6, null, Rule, Noon))
        .After(s => s.Receive(Sku, "main", 4, null, Rule, Noon));

    /// <summary>Ten, of which the cart holds three until a minute past noon.</summary>
    public static Stock TenWithThreeHeld => TenInMain.After(s => s.Reserve(Sku, Cart, 3, Noon.AddMinutes(1), Rule, Noon));

    public static Stock Oversellable(int limit) => TenInMain.After(s => s.ChangeSettings(Sku, limit, 0, Rule, Noon));

    public static Stock After(this Stock stock, Func<Stock, Decision> decide) => stock.With(decide(stock));

    public static Stock With(this Stock stock, Decision decision)
    {
        decision.Refusal.ShouldBeNull();
        return decision.Events.Aggregate(stock, (state, e) => state.Evolve(e));
    }

    public static Reservation With(this Reservation reservation, Decision decision)
    {
        decision.Refusal.ShouldBeNull();
        return decision.Events.Aggregate(reservation, (state, e) => state.Evolve(e));
    }

    public static void ThenNothing(this Decision decision)
    {
        decision.Refusal.ShouldBeNull();
        decision.Events.ShouldBeEmpty();
    }

    public static void Then(this Decision decision, params object[] events)
    {
        decision.Refusal.ShouldBeNull();
        decision.Events.Select(e => e.GetType()).ShouldBe(events.Select(e => e.GetType()));
        for (var i = 0; i < events.Length; i++)
        {
            // As stored: lists of different CLR types with the same items are the same event.
            Stored(decision.Events[i]).ShouldBe(Stored(events[i]));
        }
    }

    public static T ThenRefused<T>(this Decision decision)
        where T : Refusal
    {
        decision.Events.ShouldBeEmpty();
        return decision.Refusal.ShouldBeOfType<T>();
    }

    private static string Stored(object e) => JsonSerializer.Serialize(e, e.GetType(), InventoryJson.Default);

    private static PriorityRule NewRule()
    {
        var locations = new LocationDirectory();
        locations.Add([new KnownLocation("annex", "Annex", 10), new KnownLocation("outlet", "Outlet", 20)]);
        return new PriorityRule(locations);
    }
}
