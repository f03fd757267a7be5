using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using static Commerce.Orders.Tests.Scenarios;

namespace Commerce.Orders.Tests;

/// <summary>Random histories of orders over a small stock, beside plain counters: no unit is ever sold twice or lost.</summary>
public sealed class OrderModelTests
{
    private const int Stock = 20;

    [Property(MaxTest = 500)]
    public Property What_orders_hold_and_what_is_left_is_always_the_whole() => Prop.ForAll(Steps().ArrayOf().ToArbitrary(), Holds);

    private static Gen<(bool Cancels, int Which, int Quantity)> Steps() =>
        from cancels in Gen.Elements(true, false) from which in Gen.Choose(0, 9) from quantity in Gen.Choose(1, 9) select (cancels, which, quantity);

    private static bool Holds((bool Cancels, int Which, int Quantity)[] steps)
    {
        var left = Stock;
        var orders = new List<Order>();
        foreach (var (cancels, which, quantity) in steps)
        {
            if (!cancels && quantity <= left)
            {
                left -= quantity;
                orders.Add(Given<Order>(Placed() with { Lines = [new PlacedLine("A", ProductId, "A", quantity, 1m)] }));
            }
            else if (cancels && which < orders.Count)
            {
                var decision = orders[which].Cancel(null, Now);
                left += decision.Events.Cast<OrderCancelled>().Sum(cancelled => cancelled.Lines.Sum(line => line.Quantity));
                orders[which] = decision.Events.Aggregate(orders[which], (order, @event) => order.Evolve(@event));
            }

            var held = orders.Where(order => order.Status != OrderStatus.Cancelled).Sum(order => order.Lines.Sum(line => line.Quantity));
            if (held + left != Stock || left < 0)
            {
                return false;
            }
        }

        return true;
    }
}
