using System.Net;
using Commerce.Inventory.ReadModels;
using Microsoft.Extensions.DependencyInjection;
using static Commerce.Inventory.Tests.Http;

namespace Commerce.Inventory.Tests.Slices;

public sealed class LocationTests(InventoryFixture fixture) : IClassFixture<InventoryFixture>
{
    private readonly HttpClient _staff = fixture.Host.Client();

    [Fact]
    public async Task Locations_are_opened_and_listed_in_the_order_in_which_they_serve()
    {
        await _staff.SendAsync(HttpStatusCode.Created, HttpMethod.Post, "inventory/locations", new { code = "second", name = "Second", priority = 20 });
        await _staff.SendAsync(HttpStatusCode.Created, HttpMethod.Post, "inventory/locations", new { code = "first", priority = 10 });
        (await _staff.SendAsync(HttpStatusCode.Conflict, HttpMethod.Post, "inventory/locations", new { code = "first" })).ShouldBeProblem("location-exists");
        (await _staff.SendAsync(HttpStatusCode.Conflict, HttpMethod.Post, "inventory/locations", new { code = "main" })).ShouldBeProblem("location-exists");

        var list = await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, "inventory/locations");
        var codes = list.GetProperty("items").EnumerateArray().Select(item => item.Text("code")).ToList();
        codes[0].ShouldBe("main");
        codes.IndexOf("first").ShouldBeLessThan(codes.IndexOf("second"));
        list.GetProperty("items").EnumerateArray().Single(item => item.Text("code") == "first").Text("name").ShouldBe("first");
    }

    [Theory]
    [InlineData("""{"code":"Upper"}""", "code")]
    [InlineData("""{"code":""}""", "code")]
    [InlineData("""{}""", "code")]
    [InlineData("""{"code":"x","name":""}""", "name")]
    [InlineData("""{"code":"x","priority":-1}""", "priority")]
    public async Task A_malformed_one_is_named_field_by_field(string body, string field) =>
        (await _staff.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "inventory/locations", body)).ShouldBeInvalid(field);

    [Fact]
    public async Task Units_move_between_locations_and_an_order_is_served_from_both()
    {
        var sku = NewSku();
        await _staff.SendAsync(HttpStatusCode.Created, HttpMethod.Post, "inventory/locations", new { code = "depot" });
        await _staff.ReceiveAsync(sku, 10);
        var moved = await _staff.SendAsync(
            HttpStatusCode.Created, HttpMethod.Post, "inventory/transfers", new { from = "main", to = "depot", reference = "T-1", lines = new[] { new { sku, quantity = 4 } } });
        moved.GetProperty("stock")[0].Levels().ShouldBe((10, 0, 10));
        await _staff.ReserveAsync(HttpStatusCode.Created, new { lines = new[] { new { sku, quantity = 8 } } });

        var locations = (await _staff.StockAsync(sku)).GetProperty("locations").EnumerateArray()
            .Select(at => (at.Text("code"), at.Int("onHand"), at.Int("reserved")));
        locations.ShouldBe([("depot", 4, 2), ("main", 6, 6)]);

        var problem = await _staff.SendAsync(
            HttpStatusCode.Conflict, HttpMethod.Post, "inventory/transfers", new { from = "main", to = "depot", lines = new[] { new { sku, quantity = 1 } } });
        problem.ShouldBeProblem("insufficient-stock");
    }

    [Fact]
    public async Task A_transfer_of_several_lines_moves_all_or_none()
    {
        var (a, b) = (NewSku(), NewSku());
        await _staff.SendAsync(HttpStatusCode.Created, HttpMethod.Post, "inventory/locations", new { code = "shop" });
        await _staff.ReceiveAsync(a, 5);
        await _staff.ReceiveAsync(b, 1);
        await _staff.SendAsync(
            HttpStatusCode.Conflict, HttpMethod.Post, "inventory/transfers",
            new { from = "main", to = "shop", lines = new[] { new { sku = a, quantity = 5 }, new { sku = b, quantity = 2 } } });
        (await _staff.StockAsync(a)).Int("version").ShouldBe(1);
    }

    [Theory]
    [InlineData("""{"from":"main","to":"main","lines":[{"sku":"A","quantity":1}]}""", "to")]
    [InlineData("""{"from":"main","to":"x","lines":[]}""", "lines")]
    [InlineData("""{"from":"main","to":"x","lines":[{"sku":"A","quantity":0}]}""", "lines[0].quantity")]
    [InlineData("""{"to":"x","lines":[{"sku":"A","quantity":1}]}""", "from")]
    public async Task A_malformed_transfer_is_named_field_by_field(string body, string field) =>
        (await _staff.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "inventory/transfers", body)).ShouldBeInvalid(field);

    [Fact]
    public async Task A_transfer_needs_both_locations()
    {
        var lines = new[] { new { sku = "A", quantity = 1 } };
        (await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Post, "inventory/transfers", new { from = "main", to = "nowhere", lines })).Text("location").ShouldBe("nowhere");
        (await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Post, "inventory/transfers", new { from = "nowhere", to = "main", lines })).ShouldBeProblem("location-not-found");
    }

    [Fact]
    public async Task What_another_host_opened_is_known_when_it_is_needed()
    {
        await using var other = await InventoryHost.StartAsync(fixture.Postgres);
        await other.Client().SendAsync(HttpStatusCode.Created, HttpMethod.Post, "inventory/locations", new { code = "abroad", priority = 7 });
        var sku = NewSku();
        await _staff.ReceiveAsync(sku, 1, "abroad");
        fixture.Host.Services.GetRequiredService<LocationDirectory>().Current["abroad"].Priority.ShouldBe(7);
        (await fixture.Host.Services.GetRequiredService<LocationReader>().FirstUnknownAsync(["abroad", "main"], CancellationToken.None)).ShouldBeNull();
    }
}
