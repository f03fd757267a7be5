using Commerce.EventStore;
using Commerce.Host.Verification;
using Commerce.Orders.Contracts;
using Commerce.Pricing.Contracts;

namespace Commerce.Host.Tests.Verification;

public sealed class OrdersHaveTheirDiscountsTests
{
    private static readonly Guid Order = Guid.Parse("0195f000-0000-7000-8000-000000000001");
    private static readonly Guid Ten = Guid.Parse("0195f000-0000-7000-8000-000000000002");
    private readonly OrdersHaveTheirDiscounts _rule = new(new LastAnnouncement([new Verbatim()]));

    [Fact]
    public void Uses_come_and_go_with_their_orders()
    {
        Commit(Placed(Ten), Use(true)).ShouldBeNull();
        Commit(new OrderEditedAnnouncement(Order, [], default, [Ten])).ShouldBeNull();
        Commit(new OrderCancelledAnnouncement(Order, null, null, [], default), Use(false)).ShouldBeNull();
        Commit(Placed()).ShouldBeNull();
    }

    [Fact]
    public void An_order_that_did_not_use_what_it_holds_is_caught() => Commit(Placed(Ten)).ShouldNotBeNull();

    [Fact]
    public void A_use_without_an_order_is_caught() => Commit(Use(true)).ShouldNotBeNull();

    [Fact]
    public void A_cancelled_order_that_keeps_its_use_is_caught()
    {
        Commit(Placed(Ten), Use(true)).ShouldBeNull();
        Commit(new OrderCancelledAnnouncement(Order, null, null, [], default)).ShouldNotBeNull();
    }

    [Fact]
    public void An_edit_that_drops_a_discount_and_keeps_its_use_is_caught()
    {
        Commit(Placed(Ten), Use(true)).ShouldBeNull();
        Commit(new OrderEditedAnnouncement(Order, [], default)).ShouldNotBeNull();
    }

    private static OrderPlacedAnnouncement Placed(params Guid[] discounts) => new(Order, null, null, [], default, discounts);

    private static DiscountUseAnnouncement Use(bool isUsed) => new(Ten, Order, isUsed);

    private string? Commit(params object[] events)
    {
        foreach (var data in events)
        {
            _rule.After(new RecordedEvent { Id = Guid.Empty, StreamId = Guid.Empty, Version = 1, Name = "any", Data = data, Timestamp = default }, data).ShouldBeNull();
        }

        return _rule.AfterTransaction();
    }

    private sealed class Verbatim : IAnnouncements
    {
        public IReadOnlyDictionary<Type, IReadOnlyCollection<Type>> Announced { get; } = new[]
        {
            typeof(OrderPlacedAnnouncement), typeof(OrderCancelledAnnouncement), typeof(OrderEditedAnnouncement), typeof(DiscountUseAnnouncement),
        }.ToDictionary(type => type, type => (IReadOnlyCollection<Type>)[type]);

        public object? Announce(RecordedEvent @event) => @event.Data;
    }
}
