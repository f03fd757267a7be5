using Commerce.EventStore;
using Commerce.Monetary;
using Commerce.Outcomes;
using Commerce.Payments.Contracts;

namespace Commerce.Orders.Placing;

/// <summary>How a new order is paid: gift cards and store credit in the order's own commit, the rest by asking a provider.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Currency">Its currency.</param>
/// <param name="Ledgers">Gift cards and store credit, in the order in which they are spent.</param>
/// <param name="Provider">Who pays the rest, or null when it is paid by hand.</param>
/// <param name="Method">The method of the rest.</param>
internal sealed record Tenders(Guid OrderId, string Currency, IReadOnlyList<StoredValueTender> Ledgers, string? Provider, string Method)
{
    /// <summary>Names the ledgers and what they become.</summary>
    public void Touch(Touches touches)
    {
        if (Ledgers.Count > 0)
        {
            touches.Question(Question(0m));
        }
    }

    /// <summary>Pays the order that was just placed. Pure.</summary>
    public Outcome<Order> Pay(StagedStream<Order> order, DecisionScope scope)
    {
        if (Ledgers.Count > 0 && order.State.Payment.Authorizable is { Amount: > 0 } due)
        {
            var answer = scope.Ask<RedeemStoredValue, StoredValueAnswer>(Question(due.Amount));
            if (answer.Refused is { } place)
            {
                return new GiftCardUnusable(place, answer.Why!);
            }

            foreach (var tender in answer.Redeemed)
            {
                _ = order.Apply(state => state.PaidBy(tender.PaymentId, Money.Of(tender.Amount, Currency), scope.Now)).Value;
            }
        }

        var left = order.State.Payment.Authorizable;
        return left.Amount == 0 ? order.State
            : Provider is not null ? order.Apply(state => state.Pay(Provider, null, null, scope.Now))
            : Method == OrdersOptions.StoredValueMethod ? new StoredValueShort(left)
            : order.State;
    }

    private RedeemStoredValue Question(decimal upTo) => new(OrderId, Currency, upTo, Ledgers);
}

/// <summary>A gift card, or the store credit, is not there, empty, expired or in another currency.</summary>
[Problem(409, "gift-card-unusable", "This gift card cannot be used")]
internal sealed record GiftCardUnusable(int Place, string Why) : Refusal("Nothing was taken: a gift card, or the store credit, cannot be used; place counts from 0, store credit last.");

/// <summary>Gift cards and store credit alone do not pay the order.</summary>
[Problem(409, "gift-card-short", "The gift cards do not cover the order")]
internal sealed record StoredValueShort(Monetary.Money Missing) : Refusal($"{Missing} is missing. Nothing was taken; name a further card or another method for the rest.");
