using System.Net;
using Commerce.EventStore;
using static Commerce.Inventory.Tests.Http;

namespace Commerce.Inventory.Tests.Slices;

public sealed class ReservationRouteTests(InventoryFixture fixture) : IClassFixture<InventoryFixture>
{
    private readonly HttpClient _staff = fixture.Host.Client();

    [Fact]
    public async Task Units_are_held_and_given_back()
    {
        var sku = NewSku();
        await _staff.ReceiveAsync(sku, 5);
        var (response, made) = await _staff.AnswerAsync(
            HttpMethod.Post, "inventory/reservations", new { lines = new[] { new { sku, quantity = 2 }, new { sku, quantity = 1 } }, expiresInSeconds = 60 });
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        var id = made.Text("id")!;
        response.Headers.Location!.ToString().ShouldBe($"/api/v1/inventory/reservations/{id}");
        made.Text("reservationId").ShouldBe(id);
        made.GetProperty("lines").GetArrayLength().ShouldBe(1);
        made.GetProperty("lines")[0].Int("quantity").ShouldBe(3);
        (await _staff.StockAsync(sku)).Levels().ShouldBe((5, 3, 2));

        var read = await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, $"inventory/reservations/{id}");
        read.Text("status").ShouldBe("open");

        await _staff.SendAsync(HttpStatusCode.NoContent, HttpMethod.Delete, $"inventory/reservations/{id}");
        (await _staff.StockAsync(sku)).Levels().ShouldBe((5, 0, 5));
        await _staff.SendAsync(HttpStatusCode.NoContent, HttpMethod.Delete, $"inventory/reservations/{id}");
        (await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Get, $"inventory/reservations/{id}")).Text("status").ShouldBe("released");
        (await _staff.SendAsync(HttpStatusCode.Conflict, HttpMethod.Post, $"inventory/reservations/{id}/extend", new { expiresInSeconds = 60 })).ShouldBeProblem("reservation-ended");
    }

    [Fact]
    public async Task All_lines_or_none_and_every_short_sku_is_named()
    {
        var (a, b, c) = (NewSku(), NewSku(), NewSku());
        await _staff.ReceiveAsync(a, 5);
        await _staff.ReceiveAsync(b, 1);
        var problem = await _staff.ReserveAsync(
            HttpStatusCode.Conflict,
            new { lines = new[] { new { sku = a, quantity = 1 }, new { sku = b, quantity = 1 }, new { sku = b, quantity = 1 }, new { sku = c, quantity = 4 } } });
        problem.ShouldBeProblem("insufficient-stock");
        problem.GetProperty("shortages").EnumerateArray().Select(s => (s.Text("sku"), s.Int("requested"), s.Int("available")))
            .ShouldBe([(b, 2, 1), (c, 4, 0)], ignoreOrder: true);
        (await _staff.StockAsync(a)).Levels().ShouldBe((5, 0, 5));
    }

    [Fact]
    public async Task The_callers_id_makes_it_one_reservation_however_often_it_is_sent()
    {
        var sku = NewSku();
        await _staff.ReceiveAsync(sku, 5);
        var id = Identifiers.Next();
        var body = new { reservationId = id, lines = new[] { new { sku, quantity = 2 } } };
        await _staff.ReserveAsync(HttpStatusCode.Created, body);
        (await _staff.ReserveAsync(HttpStatusCode.Created, body)).Text("id").ShouldBe(id.ToString());
        (await _staff.StockAsync(sku)).Levels().ShouldBe((5, 2, 3));
        (await _staff.ReserveAsync(HttpStatusCode.Conflict, new { reservationId = id, lines = new[] { new { sku, quantity = 3 } } })).ShouldBeProblem("reservation-exists");
    }

    [Fact]
    public async Task It_is_extended()
    {
        var sku = NewSku();
        await _staff.ReceiveAsync(sku, 5);
        var made = await _staff.ReserveAsync(HttpStatusCode.Created, new { lines = new[] { new { sku, quantity = 2 } }, expiresInSeconds = 60 });
        var extend = $"inventory/reservations/{made.Text("id")}/extend";
        (await _staff.SendAsync(HttpStatusCode.PreconditionFailed, HttpMethod.Post, extend, new { expiresInSeconds = 600 }, ("If-Match", "\"5\""))).ShouldBeProblem("stale-version");
        var extended = await _staff.SendAsync(HttpStatusCode.OK, HttpMethod.Post, extend, new { expiresInSeconds = 600 }, ("If-Match", "\"1\""));
        (extended.GetProperty("expiresAt").GetDateTimeOffset() - made.GetProperty("expiresAt").GetDateTimeOffset()).TotalSeconds.ShouldBeInRange(530, 550);
    }

    [Fact]
    public async Task A_reservation_that_nobody_made_is_not_found()
    {
        var id = Identifiers.Next();
        (await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"inventory/reservations/{id}")).ShouldBeProblem("reservation-not-found");
        (await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Delete, $"inventory/reservations/{id}")).ShouldBeProblem("reservation-not-found");
        (await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"inventory/reservations/{id}/extend", new { })).ShouldBeProblem("reservation-not-found");
        await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Delete, "inventory/reservations/nonsense");
    }

    [Theory]
    [InlineData("""{"lines":[]}""", "lines")]
    [InlineData("""{"lines":[{"sku":"A","quantity":0}]}""", "lines[0].quantity")]
    [InlineData("""{"lines":[{"sku":"A","quantity":1}],"expiresInSeconds":0}""", "expiresInSeconds")]
    [InlineData("""{"lines":[{"sku":"A","quantity":1}],"expiresInSeconds":604801}""", "expiresInSeconds")]
    [InlineData("""{"lines":[{"sku":"A","quantity":1}],"reservationId":"x"}""", "reservationId")]
    [InlineData("""{"lines":[{"sku":"A","quantity":1}],"reservationId":"00000000-0000-0000-0000-000000000000"}""", "reservationId")]
    public async Task A_malformed_one_is_named_field_by_field(string body, string field) =>
        (await _staff.ReserveAsync(HttpStatusCode.BadRequest, body)).ShouldBeInvalid(field);

    [Fact]
    public async Task Holding_needs_the_scope()
    {
        var id = Identifiers.Next();
        var body = new { lines = new[] { new { sku = "A", quantity = 1 } } };
        await fixture.Host.Client(null).ReserveAsync(HttpStatusCode.Unauthorized, body);
        var reader = fixture.Host.Client("inventory:read");
        await reader.ReserveAsync(HttpStatusCode.Forbidden, body);
        await reader.SendAsync(HttpStatusCode.Forbidden, HttpMethod.Delete, $"inventory/reservations/{id}");
        await reader.SendAsync(HttpStatusCode.Forbidden, HttpMethod.Post, $"inventory/reservations/{id}/extend", new { });
        await fixture.Host.Client("inventory:write").SendAsync(HttpStatusCode.Forbidden, HttpMethod.Get, $"inventory/reservations/{id}");
    }

    [Fact]
    public async Task Two_hundred_at_once_for_fifty_units_end_in_exactly_fifty()
    {
        var (hot, other) = (NewSku(), NewSku());
        await _staff.ReceiveAsync(hot, 50);
        await _staff.ReceiveAsync(other, 1000);
        // Half of them name the SKUs in the other order.
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => _staff.AnswerAsync(
            HttpMethod.Post,
            "inventory/reservations",
            new { lines = i % 2 == 0 ? [new { sku = hot, quantity = 1 }, new { sku = other, quantity = 1 }] : new[] { new { sku = other, quantity = 1 }, new { sku = hot, quantity = 1 } } })));
        answers.Count(answer => answer.Response.StatusCode == HttpStatusCode.Created).ShouldBe(50);
        answers.Count(answer => answer.Response.StatusCode == HttpStatusCode.Conflict).ShouldBe(150);
        (await _staff.StockAsync(hot)).Levels().ShouldBe((50, 50, 0));
        (await _staff.StockAsync(other)).Levels().ShouldBe((1000, 50, 950));
    }
}
