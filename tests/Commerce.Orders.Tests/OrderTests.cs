using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Commerce.Orders.ReadModels;
using static Commerce.Orders.Tests.Scenarios;

namespace Commerce.Orders.Tests;

public sealed class OrderTests
{
    [Fact]
    public void A_draft_is_placed_at_the_shops_prices()
    {
        var draft = Draft(new SkuQuantity("MUG", 2), new SkuQuantity("PEN", 1));
        var priced = PricedBy().Price(draft, Offers("USD", ("MUG", 9.90m), ("PEN", 1.50m))).Value;

        Order.Place(draft, priced, Now).Then(Placed(customer: Customer) with
        {
            Email = "minji@example.com",
            Lines = [new PlacedLine("MUG", ProductId, "Name of MUG", 2, 9.90m), new PlacedLine("PEN", ProductId, "Name of PEN", 1, 1.50m)],
        });
    }

    [Fact]
    public void Another_total_than_the_shopper_was_shown_is_refused_with_both()
    {
        var draft = Draft(new SkuQuantity("MUG", 2)) with { ExpectedTotal = Usd(18m) };
        var priced = PricedBy().Price(draft, Offers("USD", ("MUG", 9.90m))).Value;

        var refusal = Order.Place(draft, priced, Now).ThenRefused<PriceChanged>();

        refusal.ExpectedTotal.ShouldBe(Usd(18m));
        refusal.ActualTotal.ShouldBe(Usd(19.80m));
    }

    [Fact]
    public void The_total_that_the_shopper_was_shown_is_taken()
    {
        var draft = Draft(new SkuQuantity("MUG", 2)) with { ExpectedTotal = Usd(19.80m) };

        Order.Place(draft, PricedBy().Price(draft, Offers("USD", ("MUG", 9.90m))).Value, Now).Events.Count.ShouldBe(1);
    }

    [Fact]
    public void A_placed_order_shows_what_was_bought()
    {
        var order = Given<Order>(Placed(customer: Customer));

        order.Status.ShouldBe(OrderStatus.Placed);
        order.Payment.Status.ShouldBe(PaymentStatus.Pending);
        order.Lines.Select(line => (line.Sku, line.Quantity, line.Total)).ShouldBe([("MUG", 2, Usd(19.80m)), ("PEN", 1, Usd(1.50m))]);
        order.Totals.Total.ShouldBe(Usd(21.30m));
    }

    [Fact]
    public void Cancelling_names_every_unit_that_goes_back() =>
        Given<Order>(Placed(customer: Customer)).Cancel("changed my mind", Now).Then(Cancelled(Customer));

    [Fact]
    public void Cancelling_twice_changes_nothing() =>
        Given<Order>(Placed(), Cancelled()).Cancel("again", Now).Then();

    [Fact]
    public void A_cancelled_order_asks_for_no_money()
    {
        var order = Given<Order>(Placed(), Cancelled());

        order.Status.ShouldBe(OrderStatus.Cancelled);
        order.Payment.Status.ShouldBe(PaymentStatus.Voided);
        order.CancelReason.ShouldBe("changed my mind");
        order.CancelledAt.ShouldBe(Now);
    }

    [Fact]
    public void An_order_is_open_to_its_owner_to_staff_and_to_the_holder_of_its_secret_alone()
    {
        var secret = GuestSecret.Draw();
        var guests = Given<Order>(Placed(GuestSecret.Hash(secret)));
        var customers = Given<Order>(Placed(customer: Customer));
        var nobody = new OrderReader(null, false, null);

        guests.IsOpenTo(nobody).ShouldBeFalse();
        guests.IsOpenTo(nobody with { CustomerId = Customer }).ShouldBeFalse();
        guests.IsOpenTo(nobody with { Secret = secret + "x" }).ShouldBeFalse();
        guests.IsOpenTo(nobody with { Secret = secret }).ShouldBeTrue();
        guests.IsOpenTo(nobody with { IsStaff = true }).ShouldBeTrue();
        customers.IsOpenTo(nobody).ShouldBeFalse();
        customers.IsOpenTo(nobody with { Secret = secret }).ShouldBeFalse();
        customers.IsOpenTo(nobody with { CustomerId = OrderId }).ShouldBeFalse();
        customers.IsOpenTo(nobody with { CustomerId = Customer }).ShouldBeTrue();
        Order.Initial.IsOpenTo(nobody with { IsStaff = true }).ShouldBeFalse();
    }

    [Fact]
    public void A_document_never_shows_the_hash_of_the_secret()
    {
        var order = Given<Order>(Placed(GuestSecret.Hash("secret")));

        System.Text.Encoding.UTF8.GetString(OrderDocuments.Bytes(OrderId, 1, order)).ShouldNotContain(GuestSecret.Hash("secret"));
    }

    [Fact]
    public void A_document_is_read_back_as_it_was_written()
    {
        var order = Given<Order>(Placed(customer: Customer), Cancelled(Customer));

        var document = OrderDocuments.Read(OrderDocuments.Bytes(OrderId, 2, order));

        document.Status.ShouldBe(OrderStatus.Cancelled);
        document.Total.ShouldBe(Usd(21.30m));
        document.PlacedAt.ShouldBe(Now);
        document.Version.ShouldBe(2);
    }

    [Fact]
    public void Own_events_are_announced_with_products_and_quantities()
    {
        var announcements = new Announcements();
        var placed = (Contracts.OrderPlacedAnnouncement)announcements.Announce(Recorded(Placed(customer: Customer)))!;
        var cancelled = (Contracts.OrderCancelledAnnouncement)announcements.Announce(Recorded(Cancelled(Customer)))!;

        (placed.OrderId, placed.CustomerId, placed.SessionId, placed.PlacedAt).ShouldBe((OrderId, Customer, "session-1", Now));
        placed.Lines.ShouldBe([new("MUG", ProductId, 2), new("PEN", ProductId, 1)]);
        (cancelled.OrderId, cancelled.CustomerId, cancelled.SessionId, cancelled.CancelledAt).ShouldBe((OrderId, Customer, "session-1", Now));
        cancelled.Lines.ShouldBe(placed.Lines);
        announcements.Announce(Recorded(new CartItemRemoved("MUG"))).ShouldBeNull();
    }

    private static RecordedEvent Recorded(object data) =>
        new() { Id = ProductId, StreamId = OrderId, Version = 1, Name = "any", Data = data, Timestamp = Now };
}
