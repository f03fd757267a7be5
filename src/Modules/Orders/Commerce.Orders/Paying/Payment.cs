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

    /// <summary>What returned goods were worth that paid for their replacement instead of being given back: the shop has that money already.</summary>
    public Money Exchanged { get; private init; }

    /// <summary>Nothing has happened yet.</summary>
    public static Payment Of(string method, Money due) =>
        new(method, due, Money.Zero(due.Currency), Money.Zero(due.Currency), Money.Zero(due.Currency), false)
        {
            Overpaid = Money.Zero(due.Currency), Exchanged = Money.Zero(due.Currency),
        };

    /// <summary>Where the money stands, in the contract's words.</summary>
    public PaymentStatus Status =>
        Refunded.Amount > 0 ? (Refunded < Captured ? PaymentStatus.PartiallyRefunded : PaymentStatus.Refunded)
        : Captured.Amount > 0 ? (Captured < Due ? PaymentStatus.PartiallyCaptured : PaymentStatus.Captured)
        : Held.Amount > 0 ? PaymentStatus.Authorized
        : IsVoided ? PaymentStatus.Voided
        : PaymentStatus.Pending;

    /// <summary>What can still be set aside.</summary>
    public Money Authorizable => Due - Held - Captured;

    /// <summary>What can be taken: what is set aside, or, when nothing is, all that has not been taken.</summary>
    public Money Capturable => Held.Amount > 0 ? Held : Due - Captured;

    /// <summary>What can be given back.</summary>
    public Money Refundable => Captured - Refunded;

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
        PaymentAuthorized authorized => this with { Held = Held + In(authorized.Amount), IsVoided = false },
        PaymentCaptured captured => this with { Held = Held.Amount > 0 ? Held - In(captured.Amount) : Held, Captured = Captured + In(captured.Amount), IsVoided = false },
        PaymentRefunded refunded => this with { Refunded = Refunded + In(refunded.Amount) },
        PaymentVoided => this with { Held = In(0m), IsVoided = true },
        PaymentHoldLowered lowered => this with { Held = Held - In(lowered.Amount) },
        OrderEdited edited => this with
        {
            Due = In(edited.Totals.Total) + Overpaid + In(edited.Overpaid) - Exchanged,
            Overpaid = Overpaid + In(edited.Overpaid),
        },
        ReturnReceived { Exchanged: > 0 } received => this with { Due = Due - In(received.Exchanged), Exchanged = Exchanged + In(received.Exchanged) },
        OrderCancelled => this with { IsVoided = IsVoided || Status == PaymentStatus.Pending },
        _ => this,
    };

    private Money In(decimal amount) => Money.Of(amount, Due.Currency);
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
