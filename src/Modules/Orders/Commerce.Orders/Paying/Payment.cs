using System.Collections.Immutable;
using Commerce.Monetary;
using Commerce.Outcomes;

namespace Commerce.Orders.Paying;

/// <summary>The money of one order: what is set aside, taken and given back. Never more is taken than the order costs, nor given back than was taken.</summary>
/// <param name="Method">How it is paid.</param>
/// <param name="Due">
/// What may be taken in all: what the order costs, and what an edit found to be overpaid, because that was taken before it was given back; less what
/// exchanged goods paid for.
/// </param>
/// <param name="Held">Set aside and not taken yet.</param>
/// <param name="Captured">Taken, in all.</param>
/// <param name="Refunded">Given back, in all.</param>
/// <param name="IsVoided">Whether the shop gave up its claim.</param>
internal sealed record Payment(string Method, Money Due, Money Held, Money Captured, Money Refunded, bool IsVoided)
{
    /// <summary>No order, no money.</summary>
    public static readonly Payment None = new("", default, default, default, default, false);

    /// <summary>What edits found to have been taken beyond the total.</summary>
    public Money Overpaid { get; private init; }

    /// <summary>Through whom it is paid, or null while money is recorded by staff alone.</summary>
    public string? Provider { get; private init; }

    /// <summary>The part of the money that payments hold and move; the rest was recorded by staff.</summary>
    public PaymentShare Through { get; private init; }

    /// <summary>What was asked of payments, in order.</summary>
    public ImmutableArray<MoneyAsk> Requests { get; private init; } = [];

    /// <summary>Why the last attempt failed, or null.</summary>
    public PaymentFailure? Failure { get; private init; }

    /// <summary>Where the shopper has to go, or null.</summary>
    public string? NextAction { get; private init; }

    /// <summary>What returned goods were worth that paid for their replacement instead of being given back: the shop has that money already.</summary>
    public Money Exchanged { get; private init; }

    /// <summary>Nothing has happened yet.</summary>
    public static Payment Of(string method, Money due)
    {
        var zero = Money.Zero(due.Currency);
        return new Payment(method, due, zero, zero, zero, false) { Overpaid = zero, Exchanged = zero, Through = new PaymentShare(zero, zero, zero) };
    }

    /// <summary>Where the money stands, in the contract's words.</summary>
    public PaymentStatus Status =>
        Refunded.Amount > 0 ? (Refunded < Captured ? PaymentStatus.PartiallyRefunded : PaymentStatus.Refunded)
        : Captured.Amount > 0 ? (Captured < Due ? PaymentStatus.PartiallyCaptured : PaymentStatus.Captured)
        : Held.Amount > 0 ? PaymentStatus.Authorized
        : Failure is not null && Open(MoneyRequestKind.Authorize).Amount == 0 ? PaymentStatus.Failed
        : IsVoided ? PaymentStatus.Voided
        : PaymentStatus.Pending;

    /// <summary>What can still be set aside.</summary>
    public Money Authorizable => Due - Held - Captured;

    /// <summary>What can be taken: what is set aside, or, when nothing is, all that has not been taken.</summary>
    public Money Capturable => Held.Amount > 0 ? Held : Due - Captured;

    /// <summary>What can be given back and is not on its way already.</summary>
    public Money Refundable => RefundableByHand + RefundableThrough;

    /// <summary>Of that, what staff took.</summary>
    public Money RefundableByHand => Captured - Through.Captured - (Refunded - Through.Refunded);

    /// <summary>Of that, what payments took.</summary>
    public Money RefundableThrough => Through.Captured - Through.Refunded - Open(MoneyRequestKind.Refund);

    /// <summary>What staff set aside.</summary>
    public Money HeldByHand => Held - Through.Held;

    /// <summary>What payments can take.</summary>
    public Money CapturableThrough => Open(MoneyRequestKind.Void).Amount > 0 ? In(0m) : Through.Held - Open(MoneyRequestKind.Capture);

    /// <summary>What payments hold or are about to: what a void gives up.</summary>
    public Money VoidableThrough => Through.Held + Open(MoneyRequestKind.Authorize);

    /// <summary>What was asked for and is not answered.</summary>
    public Money Open(MoneyRequestKind kind) => Requests.Open(kind, Due.Currency);

    /// <summary>The request with this id, or null.</summary>
    public MoneyAsk? Request(Guid id) => Requests.FirstOrDefault(request => request.Id == id);

    /// <summary>Whether the money for the whole order is there, set aside or taken.</summary>
    public bool IsCovered => Held + Captured >= Due;

    /// <summary>What there is beyond a new total: first what is set aside is given up, then what was taken counts as overpaid.</summary>
    public (Money HoldLowered, Money Overpaid) Excess(Money newTotal)
    {
        var zero = Money.Zero(Due.Currency);
        var excess = Held + Captured + Exchanged - Overpaid - newTotal;
        var lowered = excess.Amount <= 0 ? zero : excess <= Held ? excess : Held;
        return (lowered, excess.Amount <= 0 ? zero : excess - lowered);
    }

    /// <summary>The amount that was asked for, or all that is allowed when none was.</summary>
    public static Outcome<Money> Within(Money? asked, Money allowed) =>
        asked is { } other && other.Currency != allowed.Currency ? ValidationFailed.Of("amount.currency", $"The order is in {allowed.Currency}.")
        : (asked ?? allowed) is var amount && amount.Amount > 0 && amount <= allowed ? amount
        : new PaymentExceeded(asked ?? allowed, allowed);

    /// <summary>The state after an event.</summary>
    public Payment Evolve(object @event) => @event switch
    {
        PaymentAuthorized { PaymentId: null } authorized => this with { Held = Held + In(authorized.Amount), IsVoided = false },
        PaymentCaptured { PaymentId: null } captured => this with
        {
            Held = HeldByHand.Amount > 0 ? Held - In(captured.Amount) : Held,
            Captured = Captured + In(captured.Amount),
            IsVoided = false,
        },
        PaymentRefunded { PaymentId: null } refunded => this with { Refunded = Refunded + In(refunded.Amount) },
        PaymentVoided { PaymentId: null } voided => this with { Held = Held - In(voided.Amount), IsVoided = true },
        PaymentHoldLowered { PaymentId: null } lowered => WithHeld(Held - In(lowered.Amount)),
        PaymentAuthorized authorized => Authorized(In(authorized.Amount), authorized.RequestId),
        PaymentCaptured captured => Taken(In(captured.Amount), captured.RequestId),
        PaymentRefunded refunded => this with
        {
            Refunded = Refunded + In(refunded.Amount),
            Through = Through with { Refunded = Through.Refunded + In(refunded.Amount) },
            Requests = Requests.Answered(refunded.RequestId, In(refunded.Amount)),
        },
        PaymentVoided voided => (Released(In(voided.Amount)) with { IsVoided = true }).WithoutVoids(),
        PaymentHoldLowered lowered => Released(In(lowered.Amount)).WithoutVoids(),
        PaymentRequested requested => this with
        {
            Provider = requested.Provider ?? Provider,
            Requests = Requests.Add(new MoneyAsk(requested.RequestId, requested.Kind, In(requested.Amount), Reason: requested.Reason)),
            Failure = requested.Kind == MoneyRequestKind.Authorize ? null : Failure,
        },
        PaymentRequestFailed failed => Failed(failed).WithoutVoids(),
        PaymentActionRequired action => this with { NextAction = action.Url },
        OrderEdited edited => this with
        {
            Due = In(edited.Totals.Total) + Overpaid + In(edited.Overpaid) - Exchanged,
            Overpaid = Overpaid + In(edited.Overpaid),
        },
        ReturnReceived { Exchanged: > 0 } received => this with { Due = Due - In(received.Exchanged), Exchanged = Exchanged + In(received.Exchanged) },
        OrderCancelled => this with { IsVoided = IsVoided || Status == PaymentStatus.Pending, NextAction = null },
        _ => this,
    };

    private Payment Authorized(Money amount, Guid? request) => this with
    {
        Held = Held + amount,
        Through = Through with { Held = Through.Held + amount },
        Requests = Requests.Answered(request, null),
        IsVoided = false,
        Failure = null,
        NextAction = null,
    };

    private Payment Taken(Money amount, Guid? request)
    {
        // A provider may take more than we counted on, for instance by its own back office.
        var held = amount < Through.Held ? amount : Through.Held;
        return this with
        {
            Held = Held - held,
            Captured = Captured + amount,
            Through = Through with { Held = Through.Held - held, Captured = Through.Captured + amount },
            Requests = Requests.Answered(request, amount),
            IsVoided = false,
        };
    }

    private Payment Released(Money amount) => this with { Held = Held - amount, Through = Through with { Held = Through.Held - amount } };

    private Payment Failed(PaymentRequestFailed failed)
    {
        var wasAuthorization = failed.RequestId is not { } id || Request(id) is null or { Kind: MoneyRequestKind.Authorize };
        var isVoid = failed.Code == PaymentFailure.Voided;
        return this with
        {
            Requests = Requests.Answered(failed.RequestId, In(failed.Amount), failed.Code, failed.Message),
            Failure = wasAuthorization && !isVoid ? new PaymentFailure(failed.Code, failed.Message) : Failure,
            IsVoided = IsVoided || (wasAuthorization && isVoid),
            NextAction = wasAuthorization ? null : NextAction,
        };
    }

    // A void is over when there is nothing left that it could give up.
    private Payment WithoutVoids() => VoidableThrough.Amount > 0 ? this : this with { Requests = Requests.Closed(MoneyRequestKind.Void) };

    private Payment WithHeld(Money held) => this with { Held = held, Through = Through.Held > held ? Through with { Held = held } : Through };

    private Money In(decimal amount) => Money.Of(amount, Due.Currency);
}

/// <summary>The part of an order's money that payments hold and move.</summary>
/// <param name="Held">Set aside and not taken yet.</param>
/// <param name="Captured">Taken, in all.</param>
/// <param name="Refunded">Given back, in all.</param>
internal readonly record struct PaymentShare(Money Held, Money Captured, Money Refunded);

/// <summary>Why a payment did not come about.</summary>
/// <param name="Code">A word such as <c>insufficient_funds</c>.</param>
/// <param name="Message">For people.</param>
internal sealed record PaymentFailure(string Code, string? Message)
{
    /// <summary>The code of an authorization that the shop itself gave up.</summary>
    public const string Voided = "voided";
}

/// <summary>An amount, or all that there is.</summary>
/// <param name="Amount">More than zero; all that is possible when absent.</param>
/// <param name="Reason">For people, up to 500 characters.</param>
internal sealed record PaymentAmountRequest(Money? Amount = null, string? Reason = null);

/// <summary>More than can be set aside, taken or given back.</summary>
[Problem(409, "payment-amount-exceeded", "The amount is more than possible")]
internal sealed record PaymentExceeded(Money Requested, Money Allowed) : Refusal($"{Requested} was asked for and {Allowed} is possible.");

/// <summary>Money that was taken is given back, not voided.</summary>
[Problem(409, "payment-captured", "The money has been taken")]
internal sealed record PaymentAlreadyCaptured(Money Captured) : Refusal($"{Captured} has been taken and nothing is set aside; refund it instead.");

/// <summary>The order was called off.</summary>
[Problem(409, "order-cancelled", "The order is cancelled")]
internal sealed record OrderIsCancelled() : Refusal("The order was called off: nothing is taken, sent or changed any more.");

/// <summary>The provider, or the shopper's bank, said no.</summary>
[Problem(409, "payment-declined", "The payment was declined")]
internal sealed record PaymentDeclined(string Code, string? ProviderMessage) : Refusal("The provider declined; nothing was moved. See code, and try another way of paying.");
