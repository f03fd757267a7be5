using Commerce.EventStore;

namespace Commerce.Recommendations.Tests;

public sealed class BrowsingSessionTests
{
    private static readonly Guid Tea = Identifiers.Next();
    private static readonly Guid Cup = Identifiers.Next();

    [Fact]
    public void A_look_is_recorded() => BrowsingSession.Initial.View("s", Tea, null).Events.ShouldBe([new ProductViewed("s", Tea, null)]);

    [Fact]
    public void A_reload_is_not_and_coming_back_is()
    {
        var visit = BrowsingSession.Initial.Evolve(new ProductViewed("s", Tea, null));
        visit.View("s", Tea, null).Events.ShouldBeEmpty();
        visit.View("s", Tea, Identifiers.Next()).Events.Count.ShouldBe(1);
        visit.Evolve(new ProductViewed("s", Cup, null)).View("s", Tea, null).Events.Count.ShouldBe(1);
        visit.Evolve("something else").ShouldBeSameAs(visit);
    }
}
