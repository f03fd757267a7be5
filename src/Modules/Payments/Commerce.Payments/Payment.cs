using System.Collections.Immutable;
using Commerce.EventStore;
using Commerce.Payments.Providers;

namespace Commerce.Payments;

/// <summary>
/// One payment of an order: an authorization at a provider with its captures, refunds and its void, or money from a ledger. Whatever tells of the
/// provider (an answer, a webhook, a look) is one and the same decision: what is new in the provider's sums becomes events. Immutable and pure.
/// </summary>
internal sealed record Payment : IAggregate<Payment>
{
    /// <summary>The provider's name of payments from gift cards and store credit.</summary>
    public const string LedgerProvider = "ledger";

    /// <summary>The code of an authorization that the shop itself gave up.</summary>
    public const string Voided = "voided";

    private static readonly Guid CallSpace = new("6c1b7ad0-54e5-4c5a-8d0b-2f7f2f0f6a11");

    /// <inheritdoc />
    public static string StreamType => "payment";

    /// <inheritdoc />
    public static Payment Initial { get; } = new();

    public Guid OrderId { get; private init; }

    public Guid? RequestId { get; private init; }

    public string Provider { get; private init; } = "";

    public string Currency { get; private init; } = "";

    public decimal Amount { get; private init; }

    public Guid? LedgerId { get; private init; }

    public string? Reference { get; private init; }

    /// <summary>Set aside, in all.</summary>
    public decimal Authorized { get; private init; }

    /// <summary>Taken, in all.</summary>
    public decimal Captured { get; private init; }

    /// <summary>Given back, in all.</summary>
    public decimal Refunded { get; private init; }

    /// <summary>Given up, in all.</summary>
    public decimal Released { get; private init; }

    public string? ActionUrl { get; private init; }

    public string? FailureCode { get; private init; }

    public string? FailureMessage { get; private init; }

    /// <summary>Whether the order takes it.</summary>
    public bool IsTurnedDown { get; private init; }

    public DateTimeOffset RequestedAt { get; private init; }

    public DateTimeOffset OpenedAt { get; private init; }

    public ImmutableArray<PaymentCall> Calls { get; private init; } = [];

    /// <summary>Set aside and not taken.</summary>
    public decimal Held => Authorized - Captured - Released;

    /// <summary>What can be given back and is not on its way.</summary>
    public decimal Refundable => Captured - Refunded - Left(PaymentCallKind.Refund);

    /// <summary>What can be taken and is not being taken.</summary>
    public decimal Capturable => Calls.Any(call => call is { IsOpen: true, Kind: PaymentCallKind.Void }) ? 0m : Held - Left(PaymentCallKind.Capture);

    /// <summary>Where it stands, in the contract's words.</summary>
    public string Status =>
        Refunded > 0 ? (Refunded < Captured ? "partiallyRefunded" : "refunded")
        : Captured > 0 ? (Captured < Amount && Held > 0 ? "partiallyCaptured" : "captured")
        : Held > 0 ? "authorized"
        : FailureCode is { } code ? (code == Voided ? "voided" : "failed")
        : Released > 0 ? "voided"
        : "pending";

    /// <summary>Whether the provider may still change it by itself or has not answered.</summary>
    public bool IsPending => Authorized == 0 && FailureCode is null;

    /// <summary>Whether only the provider can move it on, while nothing is asked of it.</summary>
    public bool Awaits => Exists && !Calls.Any(call => call.IsOpen) && (IsPending || Left(PaymentCallKind.Capture) > 0 || Left(PaymentCallKind.Refund) > 0);

    private bool Exists => Provider.Length > 0;

    /// <summary>Begins a payment at a provider. To begin it again changes nothing.</summary>
    public Decision Open(Guid id, Guid orderId, Guid requestId, string provider, decimal amount, string currency, DateTimeOffset requestedAt, DateTimeOffset now) => Exists
        ? Decision.Nothing
        : Decision.Of(
            new PaymentOpened(orderId, requestId, provider, amount, currency, null, requestedAt, now),
            new PaymentCallIntended(Identifiers.FromName(CallSpace, $"{id}/0"), PaymentCallKind.Authorize, amount, requestId, null, now));

    /// <summary>A payment from a ledger: the money is there at once.</summary>
    public static Decision FromLedger(Guid orderId, Guid ledgerId, decimal amount, string currency, DateTimeOffset now) => Decision.Of(
        new PaymentOpened(orderId, null, LedgerProvider, amount, currency, ledgerId, now, now),
        new PaymentHeld(amount, null, null, now),
        new PaymentTaken(amount, null, now));

    /// <summary>Decides that the provider will be asked. One request of an order leads to one call of a payment.</summary>
    public Decision Intend(Guid id, PaymentCallKind kind, decimal amount, Guid? requestId, string? reason, DateTimeOffset now) =>
        requestId is not null && Calls.Any(call => call.RequestId == requestId && call.Kind == kind)
            ? Decision.Nothing
            : Decision.Of(new PaymentCallIntended(Identifiers.FromName(CallSpace, $"{id}/{Calls.Length}"), kind, amount, requestId, reason, now));

    /// <summary>Gives up what is set aside, or what is about to be; nothing when there is neither, or it is being given up.</summary>
    public Decision Void(Guid id, Guid? requestId, string? reason, DateTimeOffset now) =>
        (Held > 0 || (IsPending && Exists)) && !Calls.Any(call => call is { IsOpen: true, Kind: PaymentCallKind.Void })
            ? Intend(id, PaymentCallKind.Void, Held, requestId, reason, now)
            : Decision.Nothing;

    /// <summary>The order does not take this payment.</summary>
    public Decision TurnDown(DateTimeOffset now) => IsTurnedDown ? Decision.Nothing : Decision.Of(new PaymentTurnedDown(now));

    /// <summary>What a payment that nobody takes does by itself: it goes back.</summary>
    public Decision GoBack(Guid id, DateTimeOffset now)
    {
        const string reason = "The order does not ask for this money.";
        return Refundable > 0 ? Intend(id, PaymentCallKind.Refund, Refundable, null, reason, now)
            : Held > 0 ? Void(id, null, reason, now)
            : Decision.Nothing;
    }

    /// <summary>An attempt ended and nobody knows how.</summary>
    public Decision Unsettle(Guid callId, string problem, DateTimeOffset retryAt, DateTimeOffset now) => Call(callId) is { IsOpen: true } call
        ? Decision.Of(new PaymentCallUnsettled(callId, call.Attempts + 1, problem, retryAt, now))
        : Decision.Nothing;

    /// <summary>The provider answered a call.</summary>
    public Decision Settle(Guid callId, ProviderAnswer answer, DateTimeOffset now)
    {
        if (Call(callId) is not { IsOpen: true } call)
        {
            return answer.State is null ? Decision.Nothing : Observe(answer.State, now);
        }

        var news = answer.State is null ? [] : News(answer.State, now).ToList();
        var after = news.Aggregate(this, (payment, @event) => payment.Evolve(@event));
        news.Add(new PaymentCallSettled(callId, answer.IsDone, answer.Code, answer.Message, now));
        if (after.IsPending && End(call.Kind, answer, now) is { } end)
        {
            news.Add(end);
        }

        return Decision.Of([.. news]);
    }

    /// <summary>Whatever the provider says of itself: what is new becomes events, what is known or older changes nothing.</summary>
    public Decision Observe(ProviderState state, DateTimeOffset now) => Exists ? Decision.Of([.. News(state, now)]) : Decision.Nothing;

    /// <summary>The call with this key, or null.</summary>
    public PaymentCall? Call(Guid callId) => Calls.FirstOrDefault(call => call.Id == callId);

    /// <inheritdoc />
    public Payment Evolve(object @event) => @event switch
    {
        PaymentOpened e => new Payment
        {
            OrderId = e.OrderId,
            RequestId = e.RequestId,
            Provider = e.Provider,
            Amount = e.Amount,
            Currency = e.Currency,
            LedgerId = e.LedgerId,
            RequestedAt = e.RequestedAt,
            OpenedAt = e.OpenedAt,
        },
        PaymentCallIntended e => this with { Calls = Calls.Add(new PaymentCall(e.CallId, e.Kind, e.Amount, 0m, e.RequestId, e.IntendedAt)) },
        PaymentCallUnsettled e => With(e.CallId, call => call with { Attempts = e.Attempt, RetryAt = e.RetryAt, Problem = e.Problem }),
        PaymentCallSettled e => With(e.CallId, call => call with { State = e.IsDone ? PaymentCallState.Done : PaymentCallState.Declined, Code = e.Code, SettledAt = e.SettledAt }),
        PaymentChallenged e => this with { Reference = e.Reference, ActionUrl = e.Url },
        PaymentHeld e => this with { Authorized = Authorized + e.Amount, Reference = e.Reference ?? Reference, ActionUrl = null, FailureCode = null, FailureMessage = null },
        PaymentTaken e => Moved(PaymentCallKind.Capture, e.Amount) with { Captured = Captured + e.Amount },
        PaymentReturned e => Moved(PaymentCallKind.Refund, e.Amount) with { Refunded = Refunded + e.Amount },
        PaymentReleased e => this with { Released = Released + e.Amount },
        PaymentRefused e => this with { FailureCode = e.Code, FailureMessage = e.Message, ActionUrl = null },
        PaymentTurnedDown => this with { IsTurnedDown = true },
        _ => this,
    };

    private IEnumerable<object> News(ProviderState state, DateTimeOffset now)
    {
        if (state.Authorized > Authorized)
        {
            yield return new PaymentHeld(state.Authorized - Authorized, state.Reference, RequestId, now);
        }
        else if (state.ActionUrl is { } url && IsPending && url != ActionUrl)
        {
            yield return new PaymentChallenged(state.Reference, url, now);
        }

        foreach (var (amount, requestId) in Shares(PaymentCallKind.Capture, state.Captured - Captured))
        {
            yield return new PaymentTaken(amount, requestId, now);
        }

        foreach (var (amount, requestId) in Shares(PaymentCallKind.Refund, state.Refunded - Refunded))
        {
            yield return new PaymentReturned(amount, requestId, now);
        }

        var held = Math.Max(Authorized, state.Authorized) - Math.Max(Captured, state.Captured) - Released;
        if (state.IsClosed && held > 0)
        {
            yield return new PaymentReleased(held, now);
        }

        if (state.FailureCode is { } code && IsPending && state.Authorized == 0)
        {
            yield return new PaymentRefused(code, state.FailureMessage, now);
        }
    }

    private decimal Left(PaymentCallKind kind) => Calls.Where(call => call.Kind == kind).Sum(call => call.Left);

    // Money that moves answers the calls of its kind that still wait, the oldest first, whoever told of it; the rest nobody here asked for.
    private IEnumerable<(decimal Amount, Guid? RequestId)> Shares(PaymentCallKind kind, decimal amount)
    {
        foreach (var call in Calls.Where(call => call.Kind == kind && call.Left > 0))
        {
            if (amount <= 0)
            {
                yield break;
            }

            var part = Math.Min(call.Left, amount);
            amount -= part;
            yield return (part, call.RequestId);
        }

        if (amount > 0)
        {
            yield return (amount, null);
        }
    }

    // A payment that never came about ends with the no to its authorization, or with the yes to its void.
    private static PaymentRefused? End(PaymentCallKind kind, ProviderAnswer answer, DateTimeOffset now) => (kind, answer.IsDone) switch
    {
        (PaymentCallKind.Authorize, false) => new PaymentRefused(answer.Code ?? "declined", answer.Message, now),
        (PaymentCallKind.Void, true) => new PaymentRefused(Voided, "The shop gave it up.", now),
        _ => null,
    };

    private Payment Moved(PaymentCallKind kind, decimal amount)
    {
        var calls = Calls;
        for (var i = 0; i < calls.Length && amount > 0; i++)
        {
            if (calls[i].Kind == kind && calls[i].Left is > 0 and var left)
            {
                var part = Math.Min(left, amount);
                calls = calls.SetItem(i, calls[i] with { Moved = calls[i].Moved + part });
                amount -= part;
            }
        }

        return this with { Calls = calls };
    }

    private Payment With(Guid callId, Func<PaymentCall, PaymentCall> change) => this with { Calls = [.. Calls.Select(call => call.Id == callId ? change(call) : call)] };
}
