using Commerce.EventStore;
using Commerce.Payments.Providers;

namespace Commerce.Payments.Tests;

public sealed class PaymentTests
{
    private static readonly Guid Id = Guid.Parse("0195f000-0000-7000-8000-000000000001");
    private static readonly Guid Order = Guid.Parse("0195f000-0000-7000-8000-000000000002");
    private static readonly Guid Request = Guid.Parse("0195f000-0000-7000-8000-000000000003");
    private static readonly Guid Later = Guid.Parse("0195f000-0000-7000-8000-000000000004");
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_payment_intends_its_call_before_anything_else_and_once()
    {
        var opened = Opened();
        opened.Calls.Single().Kind.ShouldBe(PaymentCallKind.Authorize);
        opened.Open(Id, Order, Request, "sandbox", 40m, "USD", Now, Now).Events.ShouldBeEmpty();
    }

    [Fact]
    public void An_answer_a_webhook_and_a_look_that_say_the_same_are_told_once()
    {
        var call = Opened().Calls[0].Id;
        var state = new ProviderState("auth_1", 40m, 0m, 0m, false);
        var seen = After(Opened(), Opened().Observe(state, Now));
        seen.Held.ShouldBe(40m);

        var settled = seen.Settle(call, ProviderAnswer.Done(state), Now);
        settled.Events.ShouldBe([new PaymentCallSettled(call, true, null, null, Now)]);
        After(seen, settled).Observe(state, Now).Events.ShouldBeEmpty();
        After(seen, settled).Settle(call, ProviderAnswer.Done(state), Now).Events.ShouldBeEmpty();
    }

    [Fact]
    public void What_comes_late_or_out_of_turn_says_nothing()
    {
        var taken = After(Held(), Held().Observe(new ProviderState("auth_1", 40m, 30m, 10m, false), Now));
        (taken.Captured, taken.Refunded, taken.Held).ShouldBe((30m, 10m, 10m));

        taken.Observe(new ProviderState("auth_1", 40m, 0m, 0m, false), Now).Events.ShouldBeEmpty();
        taken.Observe(new ProviderState("auth_1", 40m, 30m, 0m, false), Now).Events.ShouldBeEmpty();
    }

    [Fact]
    public void Money_that_moves_answers_the_oldest_call_that_waits_and_the_rest_nobody_asked_for()
    {
        var first = After(Held(), Held().Intend(Id, PaymentCallKind.Capture, 10m, Request, null, Now));
        var both = After(first, first.Intend(Id, PaymentCallKind.Capture, 20m, Later, null, Now));
        both.Capturable.ShouldBe(10m);

        both.Observe(new ProviderState("auth_1", 40m, 35m, 0m, false), Now).Events
            .ShouldBe([new PaymentTaken(10m, Request, Now), new PaymentTaken(20m, Later, Now), new PaymentTaken(5m, null, Now)]);
    }

    [Fact]
    public void One_request_is_one_call() =>
        After(Held(), Held().Intend(Id, PaymentCallKind.Capture, 10m, Request, null, Now)).Intend(Id, PaymentCallKind.Capture, 10m, Request, null, Now).Events.ShouldBeEmpty();

    [Fact]
    public void What_is_closed_at_the_provider_is_no_longer_held()
    {
        var closed = After(Held(), Held().Observe(new ProviderState("auth_1", 40m, 30m, 0m, true), Now));
        (closed.Held, closed.Released, closed.Status).ShouldBe((0m, 10m, "captured"));
        closed.Void(Id, null, null, Now).Events.ShouldBeEmpty();
    }

    [Fact]
    public void A_decline_ends_a_payment_and_a_capture_that_is_declined_does_not()
    {
        var opened = Opened();
        var declined = After(opened, opened.Settle(opened.Calls[0].Id, ProviderAnswer.Declined("expired_card", "Expired."), Now));
        (declined.Status, declined.FailureCode).ShouldBe(("failed", "expired_card"));

        var asked = After(Held(), Held().Intend(Id, PaymentCallKind.Capture, 10m, Request, null, Now));
        var refused = After(asked, asked.Settle(asked.Calls[^1].Id, ProviderAnswer.Declined("capture_declined", null), Now));
        (refused.Status, refused.Capturable).ShouldBe(("authorized", 40m));
    }

    [Fact]
    public void A_void_of_a_challenge_ends_it()
    {
        var opened = Opened();
        var challenged = After(opened, opened.Settle(opened.Calls[0].Id, ProviderAnswer.Done(new ProviderState("auth_1", 0m, 0m, 0m, false, "https://bank")), Now));
        (challenged.Status, challenged.ActionUrl, challenged.Awaits).ShouldBe(("pending", "https://bank", true));

        var voiding = After(challenged, challenged.Void(Id, Request, null, Now));
        voiding.Awaits.ShouldBeFalse();
        After(voiding, voiding.Settle(voiding.Calls[^1].Id, new ProviderAnswer(true, null, null, null), Now)).Status.ShouldBe("voided");
    }

    [Fact]
    public void A_payment_that_was_turned_down_gives_back_what_it_took_and_gives_up_what_it_holds()
    {
        var some = After(Held(), Held().Observe(new ProviderState("auth_1", 40m, 30m, 0m, false), Now));
        var unwanted = After(some, some.TurnDown(Now));

        var refunding = After(unwanted, unwanted.GoBack(Id, Now));
        refunding.Calls[^1].ShouldSatisfyAllConditions(call => call.Kind.ShouldBe(PaymentCallKind.Refund), call => call.Amount.ShouldBe(30m));
        var voiding = After(refunding, refunding.GoBack(Id, Now));
        voiding.Calls[^1].Kind.ShouldBe(PaymentCallKind.Void);
        voiding.GoBack(Id, Now).Events.ShouldBeEmpty();
    }

    [Fact]
    public void An_attempt_without_an_outcome_leaves_the_call_open_for_later()
    {
        var opened = Opened();
        var unsettled = After(opened, opened.Unsettle(opened.Calls[0].Id, "time-out", Now.AddSeconds(1), Now));
        unsettled.Calls[0].ShouldSatisfyAllConditions(call => call.IsOpen.ShouldBeTrue(), call => call.Attempts.ShouldBe(1), call => call.RetryAt.ShouldBe(Now.AddSeconds(1)));
    }

    private static Payment Opened() => After(Payment.Initial, Payment.Initial.Open(Id, Order, Request, "sandbox", 40m, "USD", Now, Now));

    private static Payment Held() => After(Opened(), Opened().Settle(Opened().Calls[0].Id, ProviderAnswer.Done(new ProviderState("auth_1", 40m, 0m, 0m, false)), Now));

    private static Payment After(Payment payment, Decision decision)
    {
        decision.Refusal.ShouldBeNull();
        return decision.Events.Aggregate(payment, (state, @event) => state.Evolve(@event));
    }
}
