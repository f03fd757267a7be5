using System.Net;
using Commerce.EventStore;
using Commerce.Orders.Tests.Shop;
using static Commerce.Orders.Tests.Scenarios;
using static Commerce.Orders.Tests.Shop.Wire;

namespace Commerce.Orders.Tests.Slices;

public sealed class OrderNoteTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    [Fact]
    public async Task Staff_reads_every_note_and_the_shopper_those_that_are_meant_to_be_read()
    {
        var placed = await shop.Guest.PlacedAsync(Order((await shop.SkuAsync(), 1)));
        var (path, secret) = ($"orders/{placed.Id()}", placed.Text("accessToken"));

        using var own = await shop.Guest.PostJsonAsync($"{path}/notes?accessToken={secret}", new { text = "Please ring twice" });
        (await own.JsonAsync(HttpStatusCode.Created)).Text("visibility").ShouldBe("customer");
        using var hidden = await shop.Staff.PostJsonAsync($"{path}/notes", new { text = "Rang twice before, nobody came" });
        var note = await hidden.JsonAsync(HttpStatusCode.Created);
        (note.Text("visibility"), note.Text("author"), hidden.Headers.ETag!.Tag).ShouldBe(("staff", "key:test", "\"3\""));
        using var shown = await shop.Staff.PostJsonAsync($"{path}/notes", new { text = "We will", visibility = "customer" });
        shown.StatusCode.ShouldBe(HttpStatusCode.Created);

        (await shop.Staff.ReadAsync($"{path}/notes")).Items().Select(one => one.Text("text")).ShouldBe(["Please ring twice", "Rang twice before, nobody came", "We will"]);
        (await shop.Guest.ReadAsync($"{path}/notes?accessToken={secret}")).Items().Select(one => (one.Text("text"), one.Text("author"))).ShouldBe(
            [("Please ring twice", "guest"), ("We will", "key:test")]);
        (await shop.Guest.ReadAsync($"{path}/history?accessToken={secret}")).ToString().ShouldNotContain("nobody came");
        (await shop.Staff.ReadAsync($"{path}/history")).ToString().ShouldContain("nobody came");
    }

    [Fact]
    public async Task A_note_is_refused_to_strangers_without_text_and_for_staff_by_shoppers()
    {
        var placed = await shop.Guest.PlacedAsync(Order((await shop.SkuAsync(), 1)));
        var (path, secret) = ($"orders/{placed.Id()}/notes", placed.Text("accessToken"));

        using var stranger = await shop.Guest.PostJsonAsync(path, new { text = "hello" });
        await stranger.ProblemAsync(HttpStatusCode.NotFound, "order-not-found");
        (await shop.Guest.ReadAsync(path, HttpStatusCode.NotFound)).Text("type").ShouldBe("/problems/order-not-found");
        using var forStaff = await shop.Guest.PostJsonAsync($"{path}?accessToken={secret}", new { text = "hello", visibility = "staff" });
        (await forStaff.ProblemAsync(HttpStatusCode.BadRequest, "validation")).GetProperty("errors").TryGetProperty("visibility", out _).ShouldBeTrue();
        using var empty = await shop.Staff.PostJsonAsync(path, new { text = " " });
        (await empty.ProblemAsync(HttpStatusCode.BadRequest, "validation")).GetProperty("errors").TryGetProperty("text", out _).ShouldBeTrue();
        using var stale = await shop.Staff.PostJsonAsync(path, new { text = "hello" }, ("If-Match", "\"9\""));
        await stale.ProblemAsync(HttpStatusCode.PreconditionFailed, "stale-version");
    }

    [Fact]
    public void Notes_have_an_end()
    {
        var order = Given<Order>([Placed(), .. Enumerable.Range(0, Commerce.Orders.Order.MaxNotes).Select(i => new OrderNoteAdded(OrderId, $"{i}", true, Now))]);

        order.AddNote(OrderId, "one more", true, Now).ThenRefused<OrderNotesFull>();
    }

    [Fact]
    public async Task An_order_is_found_by_the_number_that_somebody_reads_out()
    {
        var placed = await shop.Guest.PlacedAsync(Order((await shop.SkuAsync(), 1)));
        var number = placed.Text("number");
        var typed = Uri.EscapeDataString(number.Replace('-', ' ').Replace('0', 'o').Replace('1', 'l').ToLowerInvariant());

        (await shop.Staff.ReadAsync($"orders/numbers/{typed}")).Id().ShouldBe(placed.Id());
        var misread = (number[0] == '7' ? '8' : '7') + number[1..];
        (await shop.Staff.ReadAsync($"orders/numbers/{misread}", HttpStatusCode.NotFound)).Text("type").ShouldBe("/problems/order-number-misread");
        (await shop.Staff.ReadAsync($"orders/numbers/{OrderNumber.Draw()}", HttpStatusCode.NotFound)).Text("type").ShouldBe("/problems/order-not-found");
        (await shop.Staff.ReadAsync("orders/numbers/7K3M", HttpStatusCode.BadRequest)).Text("type").ShouldBe("/problems/validation");
        using var nobody = await shop.Guest.GetAsync(new Uri($"orders/numbers/{number}", UriKind.Relative));
        nobody.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        using var customer = await shop.Customer(Identifiers.Next()).GetAsync(new Uri($"orders/numbers/{number}", UriKind.Relative));
        customer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }
}
