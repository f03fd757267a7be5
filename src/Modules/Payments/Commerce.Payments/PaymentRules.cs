using Commerce.EventStore;
using Commerce.EventStore.Verification;

namespace Commerce.Payments;

/// <summary>Money moves forward and never from nothing.</summary>
internal sealed class PaymentsMoveWhatTheyHave : ReplayRule
{
    /// <inheritdoc />
    public override string Statement => "a payment takes no more than was set aside and gives back no more than it took";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state) =>
        state is Payment payment && (payment.Captured > payment.Authorized || payment.Refunded > payment.Captured || payment.Held < 0)
            ? $"payment {@event.StreamId}: {payment.Authorized} set aside, {payment.Captured} taken, {payment.Refunded} given back, {payment.Released} given up"
            : null;
}

/// <summary>No provider is asked without a record of the intention.</summary>
internal sealed class PaymentsIntendBeforeTheyCall : ReplayRule
{
    /// <inheritdoc />
    public override string Statement => "every outcome of a call belongs to an intention of the same payment that was recorded before, and there is one";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state)
    {
        if (state is not Payment payment)
        {
            return null;
        }

        var call = @event.Data switch
        {
            PaymentCallSettled settled => settled.CallId,
            PaymentCallUnsettled unsettled => unsettled.CallId,
            _ => (Guid?)null,
        };
        return call is { } id && payment.Calls.Count(known => known.Id == id) != 1 ? $"payment {@event.StreamId}: call {id} was never intended, or twice" : null;
    }
}

/// <summary>No captured money without its order.</summary>
internal sealed class MoneyThatNobodyTakesGoesBack : ReplayRule
{
    private readonly Dictionary<Guid, Payment> _turnedDown = [];

    /// <inheritdoc />
    public override string Statement => "whatever a payment holds or took that its order does not take is on its way back in the same commit, or the provider said no";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state)
    {
        if (state is Payment { IsTurnedDown: true } payment)
        {
            _turnedDown[@event.StreamId] = payment;
        }

        return null;
    }

    /// <inheritdoc />
    public override string? AfterTransaction()
    {
        if (_turnedDown.Count == 0)
        {
            return null;
        }

        var kept = _turnedDown.FirstOrDefault(pair => !GoesBack(pair.Value));
        _turnedDown.Clear();
        return kept.Value is null ? null : $"payment {kept.Key} keeps {kept.Value.Held} set aside and {kept.Value.Refundable} taken that nobody asked for";
    }

    private static bool GoesBack(Payment payment) =>
        (payment.Held == 0 || payment.Calls.Any(call => call.Kind == PaymentCallKind.Void))
        && (payment.Refundable == 0 || payment.Calls.Any(call => call is { Kind: PaymentCallKind.Refund, State: PaymentCallState.Declined }));
}

/// <summary>A ledger is the sum of its entries.</summary>
internal sealed class StoredValueIsItsLedger : ReplayRule
{
    private readonly Dictionary<Guid, decimal> _sums = [];

    /// <inheritdoc />
    public override string Statement => "the balance of a gift card or store credit is the sum of its entries and never below zero";

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state)
    {
        if (state is not StoredValue ledger)
        {
            return null;
        }

        var sum = _sums.GetValueOrDefault(@event.StreamId) + @event.Data switch
        {
            StoredValueIssued e => e.Amount,
            StoredValueRedeemed e => -e.Amount,
            StoredValueReturned e => e.Amount,
            _ => 0m,
        };
        _sums[@event.StreamId] = sum;
        return sum != ledger.Balance || sum < 0 ? $"ledger {@event.StreamId} says {ledger.Balance}, its entries say {sum}" : null;
    }
}
