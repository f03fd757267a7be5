using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Commerce.Orders.Placing;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Orders.Tests.Shop;
using Microsoft.Extensions.DependencyInjection;
using static Commerce.Orders.Tests.Scenarios;

namespace Commerce.Orders.Tests.Placing;

public sealed class OrderIntakeTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    [Fact]
    public async Task Whoever_meets_a_taken_number_gets_another_one()
    {
        var sku = await shop.SkuAsync(stock: 2);
        var number = OrderNumber.Draw();

        var first = await PlaceAsync(sku, number);
        var second = await PlaceAsync(sku, number);

        first.Value.Number.ShouldBe(number);
        second.Value.Number.ShouldNotBe(number);
        (await shop.AvailableAsync(sku)).ShouldBe(0);
    }

    private async Task<Outcome<OrderResponse>> PlaceAsync(string sku, string number)
    {
        await using var scope = shop.Services.CreateAsyncScope();
        var session = scope.ServiceProvider.GetRequiredService<EventSession>();
        var draft = Draft(new SkuQuantity(sku, 1)) with { Id = Identifiers.Next(), Number = number };
        var placement = Placement.Of(draft, Offers("USD", (sku, 1m)), PricedBy(), new CheckoutRules(new OrdersOptions()), null, []).Value;
        return await OrderIntake.DecideAsync(placement, ready => session.DecideAsync<OrderResponse>(ready.Touch, ready.Decide, CancellationToken.None));
    }
}
