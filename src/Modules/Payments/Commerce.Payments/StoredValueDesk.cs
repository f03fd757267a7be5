using Commerce.EventStore;
using Commerce.Payments.Contracts;

namespace Commerce.Payments;

/// <summary>Answers Orders inside its own transaction: an order and what it takes from gift cards and store credit are one commit.</summary>
internal sealed class StoredValueDesk : IParticipant<RedeemStoredValue, StoredValueAnswer>
{
    /// <inheritdoc />
    public void Touch(RedeemStoredValue question, Touches touches)
    {
        foreach (var tender in question.Tenders)
        {
            touches.Stream<StoredValue>(tender.LedgerId).NewStream<Payment>(tender.PaymentId);
        }
    }

    /// <inheritdoc />
    public StoredValueAnswer Answer(RedeemStoredValue question, DecisionScope scope)
    {
        var redeemed = new List<RedeemedTender>(question.Tenders.Count);
        var due = question.UpTo;
        for (var place = 0; place < question.Tenders.Count; place++)
        {
            var (ledgerId, paymentId) = question.Tenders[place];
            var ledger = scope.Stream<StoredValue>(ledgerId);
            if (ledger.State.FaultAt(scope.Now, question.Currency) is { } fault)
            {
                return new StoredValueAnswer([], place, fault);
            }

            var amount = Math.Min(due, ledger.State.Balance);
            if (amount == 0)
            {
                continue;
            }

            _ = ledger.Apply(state => state.Redeem(amount, question.OrderId, paymentId, scope.Now)).Value;
            _ = scope.Stream<Payment>(paymentId).Apply(Payment.FromLedger(question.OrderId, ledgerId, amount, question.Currency, scope.Now)).Value;
            redeemed.Add(new RedeemedTender(paymentId, amount));
            due -= amount;
        }

        return new StoredValueAnswer(redeemed);
    }
}
