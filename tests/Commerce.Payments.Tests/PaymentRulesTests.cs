using Commerce.EventStore;
using Commerce.EventStore.Verification;

namespace Commerce.Payments.Tests;

/// <summary>Every rule is shown a history that breaks it.</summary>
public sealed class PaymentRulesTests
{
    private static readonly Guid Id = Guid.Parse("0195f000-0000-7000-8000-000000000001");
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly PaymentOpened Opened = new(Id, Id, "sandbox", 40m, "USD", null, Now, Now);

    [Fact]
    public void Taking_more_than_was_set_aside_is_caught()
    {
        Play<Payment>(new PaymentsMoveWhatTheyHave(), Opened, new PaymentHeld(40m, "a", null, Now), new PaymentTaken(40m, null, Now), new PaymentReturned(40m, null, Now)).ShouldBeNull();
        Play<Payment>(new PaymentsMoveWhatTheyHave(), Opened, new PaymentHeld(40m, "a", null, Now), new PaymentTaken(40.01m, null, Now)).ShouldNotBeNull();
        Play<Payment>(new PaymentsMoveWhatTheyHave(), Opened, new PaymentHeld(40m, "a", null, Now), new PaymentReturned(1m, null, Now)).ShouldNotBeNull();
    }

    [Fact]
    public void An_outcome_without_an_intention_is_caught()
    {
        var intended = new PaymentCallIntended(Id, PaymentCallKind.Authorize, 40m, null, null, Now);
        Play<Payment>(new PaymentsIntendBeforeTheyCall(), Opened, intended, new PaymentCallSettled(Id, true, null, null, Now)).ShouldBeNull();
        Play<Payment>(new PaymentsIntendBeforeTheyCall(), Opened, new PaymentCallSettled(Id, true, null, null, Now)).ShouldNotBeNull();
    }

    [Fact]
    public void Money_that_nobody_takes_and_that_stays_is_caught()
    {
        var held = new PaymentHeld(40m, "a", null, Now);
        var back = new PaymentCallIntended(Id, PaymentCallKind.Void, 40m, null, null, Now);
        Play<Payment>(new MoneyThatNobodyTakesGoesBack(), Opened, held, new PaymentTurnedDown(Now), back).ShouldBeNull();
        Play<Payment>(new MoneyThatNobodyTakesGoesBack(), Opened, held, new PaymentTurnedDown(Now)).ShouldNotBeNull();
        Play<Payment>(new MoneyThatNobodyTakesGoesBack(), Opened, held, new PaymentTaken(40m, null, Now), new PaymentTurnedDown(Now), back).ShouldNotBeNull();
    }

    [Fact]
    public void A_balance_that_is_not_the_sum_of_its_entries_is_caught()
    {
        var issued = new StoredValueIssued(StoredValueKind.GiftCard, 50m, "USD", 50m, null, "ABCD", null, null, Now);
        Play<StoredValue>(new StoredValueIsItsLedger(), issued, new StoredValueRedeemed(20m, 30m, Id, Id, Now), new StoredValueReturned(5m, 35m, Id, Id, Id, Now)).ShouldBeNull();
        Play<StoredValue>(new StoredValueIsItsLedger(), issued, new StoredValueRedeemed(20m, 31m, Id, Id, Now)).ShouldNotBeNull();
        Play<StoredValue>(new StoredValueIsItsLedger(), issued, new StoredValueRedeemed(60m, -10m, Id, Id, Now)).ShouldNotBeNull();
    }

    private static string? Play<TAggregate>(ReplayRule rule, params object[] events)
        where TAggregate : class, IAggregate<TAggregate>
    {
        var (state, version) = (TAggregate.Initial, 0);
        string? broken = null;
        foreach (var data in events)
        {
            state = state.Evolve(data);
            broken ??= rule.After(new RecordedEvent { Id = Guid.Empty, StreamId = Id, Version = ++version, Name = "any", Data = data, Timestamp = Now }, state);
        }

        return broken ?? rule.AfterTransaction();
    }
}
