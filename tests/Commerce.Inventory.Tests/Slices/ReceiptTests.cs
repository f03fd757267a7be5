using System.Net;
using static Commerce.Inventory.Tests.Http;

namespace Commerce.Inventory.Tests.Slices;

public sealed class ReceiptTests(InventoryFixture fixture) : IClassFixture<InventoryFixture>
{
    private readonly HttpClient _staff = fixture.Host.Client();
    private readonly HttpClient _guest = fixture.Host.Client(null);

    [Fact]
    public async Task A_receipt_becomes_stock_that_anybody_may_read()
    {
        var sku = NewSku();
        var (response, receipt) = await _staff.AnswerAsync(HttpMethod.Post, "inventory/receipts", new { reference = "DN-7", lines = new[] { new { sku, quantity = 10 } } });
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        response.Headers.Location!.ToString().ShouldBe($"/api/v1/inventory/{sku}/movements");
        response.Headers.Contains("X-Consistency-Token").ShouldBeTrue();
        receipt.Text("reference").ShouldBe("DN-7");
        receipt.GetProperty("stock")[0].Levels().ShouldBe((10, 0, 10));

        var (read, stock) = await _guest.AnswerAsync(HttpMethod.Get, $"inventory/{sku}");
        read.StatusCode.ShouldBe(HttpStatusCode.OK);
        read.Headers.ETag!.ToString().ShouldBe("\"1\"");
        stock.Levels().ShouldBe((10, 0, 10));
        stock.Text("sku").ShouldBe(sku);
        stock.Text("availability").ShouldBe("inStock");
        stock.Int("backorderLimit").ShouldBe(0);
        stock.Int("version").ShouldBe(1);
        var location = stock.GetProperty("locations")[0];
        (location.Text("code"), location.Int("onHand"), location.Int("reserved")).ShouldBe(("main", 10, 0));
    }

    [Fact]
    public async Task Several_lines_come_together_or_not_at_all()
    {
        var (a, b) = (NewSku(), NewSku());
        var problem = await _staff.SendAsync(
            HttpStatusCode.NotFound, HttpMethod.Post, "inventory/receipts", new { lines = new object[] { new { sku = a, quantity = 1 }, new { sku = b, quantity = 1, location = "nowhere" } } });
        problem.ShouldBeProblem("location-not-found");
        await _staff.SendAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"inventory/{a}");

        await _staff.SendAsync(
            HttpStatusCode.Created, HttpMethod.Post, "inventory/receipts", new { lines = new[] { new { sku = a, quantity = 1 }, new { sku = b, quantity = 2 }, new { sku = a, quantity = 3 } } });
        (await _guest.StockAsync(a)).Levels().ShouldBe((4, 0, 4));
        (await _guest.StockAsync(b)).Levels().ShouldBe((2, 0, 2));
    }

    [Fact]
    public async Task A_sku_cannot_have_more_units_than_the_limit()
    {
        var sku = NewSku();
        var lines = Enumerable.Repeat(new { sku, quantity = 1_000_000 }, 500).ToArray();
        await _staff.SendAsync(HttpStatusCode.Created, HttpMethod.Post, "inventory/receipts", new { lines });
        (await _staff.SendAsync(HttpStatusCode.Conflict, HttpMethod.Post, "inventory/receipts", new { lines = new[] { new { sku, quantity = 1 } } })).ShouldBeProblem("stock-limit-reached");
    }

    [Theory]
    [InlineData("""{"lines":[]}""", "lines")]
    [InlineData("""{"lines":null}""", "lines")]
    [InlineData("""{}""", "lines")]
    [InlineData("""{"lines":[{"sku":"A","quantity":0}]}""", "lines[0].quantity")]
    [InlineData("""{"lines":[{"sku":"A","quantity":-1}]}""", "lines[0].quantity")]
    [InlineData("""{"lines":[{"sku":"A","quantity":1000001}]}""", "lines[0].quantity")]
    [InlineData("""{"lines":[{"sku":"A","quantity":1.5}]}""", "lines[0].quantity")]
    [InlineData("""{"lines":[{"sku":"A","quantity":"1"}]}""", "lines[0].quantity")]
    [InlineData("""{"lines":[{"sku":"A"}]}""", "lines[0].quantity")]
    [InlineData("""{"lines":[{"sku":"A B","quantity":1}]}""", "lines[0].sku")]
    [InlineData("""{"lines":[{"sku":"","quantity":1}]}""", "lines[0].sku")]
    [InlineData("""{"lines":[{"sku":"A","quantity":1,"location":""}]}""", "lines[0].location")]
    [InlineData("""{"lines":[null]}""", "lines[0]")]
    public async Task A_malformed_receipt_is_named_field_by_field(string body, string field) =>
        (await _staff.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "inventory/receipts", body)).ShouldBeInvalid(field);

    [Fact]
    public async Task A_reference_has_a_limit_and_a_sku_too()
    {
        var reference = new string('x', 201);
        (await _staff.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "inventory/receipts", new { reference, lines = new[] { new { sku = "A", quantity = 1 } } })).ShouldBeInvalid("reference");
        (await _staff.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "inventory/receipts", new { lines = new[] { new { sku = new string('x', 65), quantity = 1 } } })).ShouldBeInvalid("lines[0].sku");
    }

    [Fact]
    public async Task Only_callers_with_the_scope_may_receive()
    {
        var body = new { lines = new[] { new { sku = "A", quantity = 1 } } };
        await _guest.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "inventory/receipts", body);
        await fixture.Host.Client("inventory:read").SendAsync(HttpStatusCode.Forbidden, HttpMethod.Post, "inventory/receipts", body);
    }

    [Fact]
    public async Task The_same_key_receives_once()
    {
        var sku = NewSku();
        var body = new { lines = new[] { new { sku, quantity = 5 } } };
        var first = await _staff.SendAsync(HttpStatusCode.Created, HttpMethod.Post, "inventory/receipts", body, ("Idempotency-Key", $"k-{sku}"));
        var (again, replay) = await _staff.AnswerAsync(HttpMethod.Post, "inventory/receipts", body, ("Idempotency-Key", $"k-{sku}"));
        again.Headers.GetValues("Idempotent-Replayed").ShouldBe(["true"]);
        replay.ToString().ShouldBe(first.ToString());
        (await _guest.StockAsync(sku)).Levels().ShouldBe((5, 0, 5));
    }

    [Fact]
    public async Task A_sku_may_have_any_printable_character()
    {
        const string sku = "차/?#%+é\"'\\&<>";
        await _staff.ReceiveAsync(sku, 3);
        (await _guest.StockAsync(sku)).Text("sku").ShouldBe(sku);
    }
}
