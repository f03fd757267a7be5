using System.Collections.Immutable;
using System.Reflection;
using Commerce.EventStore;
using Commerce.EventStore.Verification;
using Commerce.Inventory.Contracts;
using static Commerce.Inventory.Tests.Scenarios;

namespace Commerce.Inventory.Tests;

/// <summary>Every rule passes a sound history, and each catches the history that it is there for.</summary>
public sealed class StockRulesTests
{
    private static readonly Guid StockId = Stock.IdOf(Sku);

    private static readonly object[] Sound =
    [
        new StockReceived(Sku, "main", 10, null, Balance(10, 0)),
        new StockAllocated(Sku, Order, [new StockPick("main", 4)], 0, Balance(10, 4)),
        new StockReserved(Sku, Cart, [new StockPick("main", 3)], Noon, Balance(10, 7)),
        new StockAdjusted(Sku, "main", -1, "broken", Balance(9, 7)),
        new StockHoldExtended(Sku, Cart, Noon, Balance(9, 7)),
        new StockHoldExpired(Sku, Cart, 3, Noon, Balance(9, 4)),
        new StockReserved(Sku, OtherCart, [new StockPick("main", 2)], Noon, Balance(9, 6)),
        new StockHoldReleased(Sku, OtherCart, 2, Balance(9, 4)),
        new StockReleased(Sku, Order, [new StockPick("main", 1)], 0, Balance(9, 3)),
        new StockTransferred(Sku, "main", "annex", 5, null, Balance(9, 3)),
        new StockSettingsChanged(Sku, 6, 0, Balance(9, 3)),
        new StockAllocated(Sku, OtherOrder, [new StockPick("main", 1), new StockPick("annex", 5)], 2, Balance(9, 11)),
        new StockReceived(Sku, "main", 1, null, Balance(10, 11)),
        new BackorderFilled(Sku, [new StockPick("main", 1)], Balance(10, 11)),
        new StockSettingsChanged(Sku, 0, 0, new StockBalance(10, 11, "outOfStock")),
    ];

    public static TheoryData<string, object> Unsound => new()
    {
        // What was already promised is promised again.
        { nameof(StockIsNeverNegative), new StockAllocated(Sku, Order, [new StockPick("main", 1)], 0, Balance(10, 12)) },
        { nameof(BackOrdersStayWithinTheirLimit), new StockAllocated(Sku, Order, [], 1, Balance(10, 12)) },
        { nameof(StockIsNeverNegative), new StockAdjusted(Sku, "annex", -1, "lost", Balance(9, 11)) },
        { nameof(StockIsNeverNegative), new StockAdjusted(Sku, "outlet", -1, "lost", Balance(9, 11)) },
        { nameof(StockIsNeverNegative), new StockReleased(Sku, Order, [new StockPick("annex", 6)], 0, Balance(10, 5)) },
        { nameof(StockIsNeverNegative), new StockReleased(Sku, OtherOrder, [], 2, Balance(10, 9)) },
        { nameof(StockEventsTellTheBalance), new StockReceived(Sku, "main", 1, null, Balance(12, 11)) },
        { nameof(StockEventsTellTheBalance), new StockReceived(Sku, "main", 5, null, new StockBalance(15, 11, "outOfStock")) },
        { nameof(LedgerEqualsLevels), new StockReceived(Sku, "main", 5, null, Balance(16, 11)) },
    };

    [Fact]
    public void A_sound_history_breaks_no_rule() => FirstBreaks(Sound).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Unsound))]
    public void An_unsound_event_is_caught_where_it_stands(string rule, object unsound) =>
        FirstBreaks([.. Sound, unsound]).ShouldContainKeyAndValue(rule, Sound.Length);

    [Fact]
    public void Locations_that_do_not_make_the_totals_are_caught()
    {
        // No event brings a state so far, only a fault in folding.
        var folded = TenInMain;
        var rule = new StockEventsTellTheBalance();
        rule.After(Recorded(Sound[0], 1), folded).ShouldBeNull();
        rule.After(Recorded(Sound[0], 1), WithoutShelves(folded)).ShouldNotBeNull();
    }

    [Fact]
    public void A_fold_that_forgets_an_event_is_caught_by_the_ledger()
    {
        var ledger = new LedgerEqualsLevels();
        ledger.After(Recorded(Sound[0], 1), TenInMain).ShouldBeNull();
        ledger.After(Recorded(Sound[1], 2), TenInMain).ShouldNotBeNull().ShouldContain("4 sold");
    }

    private static Dictionary<string, int> FirstBreaks(object[] events)
    {
        ReplayRule[] rules = [new StockIsNeverNegative(), new BackOrdersStayWithinTheirLimit(), new StockEventsTellTheBalance(), new LedgerEqualsLevels()];
        var broken = new Dictionary<string, int>();
        var stock = Stock.Initial;
        for (var i = 0; i < events.Length; i++)
        {
            stock = stock.Evolve(events[i]);
            foreach (var rule in rules.Where(rule => rule.After(Recorded(events[i], i + 1), stock) is not null))
            {
                broken.TryAdd(rule.GetType().Name, i);
            }
        }

        return broken;
    }

    private static RecordedEvent Recorded(object data, long version) =>
        new() { Id = Guid.Empty, StreamId = StockId, Version = version, Name = data.GetType().Name, Data = data, Timestamp = Noon };

    private static StockBalance Balance(int onHand, int reserved) => new(onHand, reserved, Word(onHand - reserved));

    private static string Word(int available) => available > 0 ? Availabilities.InStock : Availabilities.Backorder;

    private static Stock WithoutShelves(Stock stock)
    {
        var copy = stock with { };
        typeof(Stock).GetProperty(nameof(Stock.Shelves), BindingFlags.Instance | BindingFlags.NonPublic)!.SetValue(copy, ImmutableArray<Shelf>.Empty);
        return copy;
    }
}
