using Commerce.EventStore;
using Commerce.Orders.Contracts;

namespace Commerce.Orders.Paying;

/// <summary>Answers Payments inside its own transaction: takes down what became of an order's money, and says whether the order has a use for it.</summary>
internal sealed class OrderMoneyDesk : IParticipant<RecordOrderMoney, OrderMoneyAnswer>
{
    /// <inheritdoc />
    public void Touch(RecordOrderMoney question, Touches touches) => touches.Stream<Order>(question.OrderId);

    /// <inheritdoc />
    public OrderMoneyAnswer Answer(RecordOrderMoney question, DecisionScope scope)
    {
        var order = scope.Stream<Order>(question.OrderId);
        if (!order.Exists)
        {
            return new OrderMoneyAnswer(false, 0m);
        }

        var (decision, isTaken) = order.State.Record(question, scope.Now);
        return new OrderMoneyAnswer(isTaken, order.Apply(decision).Value.Payment.Through.Held.Amount);
    }
}
