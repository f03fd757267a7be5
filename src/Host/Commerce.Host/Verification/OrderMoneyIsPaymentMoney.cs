using Commerce.Orders.Contracts;
using Commerce.Payments.Contracts;

namespace Commerce.Host.Verification;

/// <summary>
/// The rule between Orders and Payments, told in their contracts alone: what an order says of money through payments is what those payments say, in the same
/// transaction. Of what is set aside an order may count on less than a payment holds, because it costs no more; a payment that its order turned down is none of its own.
/// </summary>
internal sealed class OrderMoneyIsPaymentMoney(LastAnnouncement announcements) : AnnouncedRule(announcements)
{
    private readonly HashSet<Guid> _turnedDown = [];
    private readonly Dictionary<(Guid PaymentId, string Kind), decimal> _open = [];

    /// <inheritdoc />
    public override string Statement => "what an order says of money through payments is what its payments say, in the same transaction, and no payment keeps money without its order";

    /// <inheritdoc />
    protected override void Hear(object announcement)
    {
        switch (announcement)
        {
            case OrderMoneyRecordedAnnouncement order:
                Book(order.PaymentId, order.Kind, order.Amount);
                break;
            case PaymentMovedAnnouncement payment:
                Book(payment.PaymentId, payment.Kind, -payment.Amount);
                break;
            case PaymentTurnedDownAnnouncement none:
                _turnedDown.Add(none.PaymentId);
                break;
            default:
                break;
        }
    }

    /// <inheritdoc />
    public override string? AfterTransaction()
    {
        if (_open.Count == 0)
        {
            return null;
        }

        var broken = _open.Where(pair => !_turnedDown.Contains(pair.Key.PaymentId) && (pair.Key.Kind == "authorized" ? pair.Value > 0 : pair.Value != 0))
            .Select(pair => $"payment {pair.Key.PaymentId} and its order differ by {pair.Value} {pair.Key.Kind}")
            .FirstOrDefault();
        _open.Clear();
        return broken;
    }

    private void Book(Guid payment, string kind, decimal amount) => _open[(payment, kind)] = _open.GetValueOrDefault((payment, kind)) + amount;
}
