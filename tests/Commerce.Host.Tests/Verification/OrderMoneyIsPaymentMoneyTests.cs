using Commerce.EventStore;
using Commerce.Host.Verification;
using Commerce.Orders.Contracts;
using Commerce.Payments.Contracts;

namespace Commerce.Host.Tests.Verification;

public sealed class OrderMoneyIsPaymentMoneyTests
{
    private static readonly Guid Order = Guid.Parse("0195f000-0000-7000-8000-000000000001");
    private static readonly Guid Payment = Guid.Parse("0195f000-0000-7000-8000-000000000002");
    private readonly OrderMoneyIsPaymentMoney _rule = new(new LastAnnouncement([new Verbatim()]));

    [Fact]
    public void Money_that_both_tell_of_in_one_transaction_breaks_nothing()
    {
        Commit(Moved("authorized", 40), Recorded("authorized", 40)).ShouldBeNull();
        Commit(Moved("captured", 15), Recorded("captured", 15), Moved("refunded", 5), Recorded("refunded", 5)).ShouldBeNull();
    }

    [Fact]
    public void An_order_may_count_on_less_than_is_set_aside_but_not_on_more()
    {
        Commit(Moved("authorized", 40), Recorded("authorized", 30)).ShouldBeNull();
        Commit(Moved("authorized", 30), Recorded("authorized", 40)).ShouldNotBeNull();
    }

    [Fact]
    public void Captured_money_without_its_order_is_caught() => Commit(Moved("captured", 40)).ShouldBe($"payment {Payment} and its order differ by -40 captured");

    [Fact]
    public void An_order_that_counts_on_money_which_nobody_took_is_caught() => Commit(Recorded("captured", 40)).ShouldNotBeNull();

    [Fact]
    public void Money_told_twice_is_caught() => Commit(Moved("captured", 40), Recorded("captured", 40), Recorded("captured", 40)).ShouldNotBeNull();

    [Fact]
    public void A_payment_that_was_turned_down_is_none_of_the_orders()
    {
        Commit(Moved("authorized", 40), new PaymentTurnedDownAnnouncement(Payment, default)).ShouldBeNull();
        Commit(Moved("captured", 40), Moved("refunded", 40)).ShouldBeNull();
    }

    private static PaymentMovedAnnouncement Moved(string kind, decimal amount) => new(Payment, kind, amount, default);

    private static OrderMoneyRecordedAnnouncement Recorded(string kind, decimal amount) => new(Order, Payment, kind, amount, default);

    private string? Commit(params object[] events)
    {
        foreach (var data in events)
        {
            _rule.After(new RecordedEvent { Id = Guid.Empty, StreamId = Guid.Empty, Version = 1, Name = "any", Data = data, Timestamp = default }, data).ShouldBeNull();
        }

        return _rule.AfterTransaction();
    }

    /// <summary>Announces what it is given.</summary>
    private sealed class Verbatim : IAnnouncements
    {
        public IReadOnlyDictionary<Type, IReadOnlyCollection<Type>> Announced { get; } =
            new[] { typeof(PaymentMovedAnnouncement), typeof(OrderMoneyRecordedAnnouncement), typeof(PaymentTurnedDownAnnouncement) }
                .ToDictionary(type => type, type => (IReadOnlyCollection<Type>)[type]);

        public object? Announce(RecordedEvent @event) => @event.Data;
    }
}
