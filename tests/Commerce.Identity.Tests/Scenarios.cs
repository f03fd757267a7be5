using Commerce.EventStore;
using Commerce.Outcomes;

namespace Commerce.Identity.Tests;

/// <summary>States that the tests begin in, and the words to tell a decision with.</summary>
internal static class Scenarios
{
    public static readonly Guid Kim = Identifiers.FromName(Guid.Empty, "kim");
    public static readonly Guid Lee = Identifiers.FromName(Guid.Empty, "lee");
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static Account Customer => Account.Initial.After(new CustomerRegistered());

    public static Account Staff => Account.Initial.After(new StaffHired(["orders"]));

    public static Session Open => Session.Initial.After(new SessionStarted(Kim));

    public static TAggregate After<TAggregate>(this TAggregate state, params object[] events)
        where TAggregate : class, IAggregate<TAggregate> => events.Aggregate(state, (current, e) => current.Evolve(e));

    public static void ShouldBe(this Decision decision, params object[] events)
    {
        decision.Refusal.ShouldBeNull();
        decision.Events.Select(e => e.ToString()).ShouldBe(events.Select(e => e.ToString()));
        decision.Events.Select(e => e.GetType()).ShouldBe(events.Select(e => e.GetType()));
    }

    public static void ShouldBeRefused<TRefusal>(this Decision decision)
        where TRefusal : Refusal => decision.Refusal.ShouldBeOfType<TRefusal>();
}
