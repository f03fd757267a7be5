using System.Net;
using System.Text.Json;
using Commerce.EventStore.Verification;
using Commerce.Orders.Billing;
using Commerce.Orders.Tests.Shop;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static Commerce.Orders.Tests.Shop.Wire;

namespace Commerce.Orders.Tests.Slices;

public sealed class DocumentTests(OrdersShop shop) : IClassFixture<OrdersShop>
{
    [Fact]
    public async Task A_parcel_has_its_invoice_and_a_refund_its_credit_note()
    {
        var sku = await shop.SkuAsync(10m, 5);
        var placed = await shop.Guest.PlacedAsync(new
        {
            lines = new[] { new { sku, quantity = 3 } },
            currency = "USD",
            shippingAddress = new { name = "<script>alert('김')</script>", line1 = "Sejong-daero 110 & co", city = "Berlin", postalCode = "10115", country = "DE" },
            shippingMethod = "express",
            payment = new { method = "manual" },
        });
        var (order, secret) = (placed.Id(), placed.Text("accessToken"));
        (await shop.Staff.ReadAsync($"orders/{order}/documents")).Items().ShouldBeEmpty();
        await PostAsync($"orders/{order}/payments/capture");
        await ShipAsync(order, sku, 1);
        await ShipAsync(order, sku, 2);
        var refunded = await PostAsync($"orders/{order}/payments/refund", new { amount = new { amount = "5.00", currency = "USD" }, reason = "a scratch" });

        var documents = (await ReadAsync(shop.Staff, $"orders/{order}/documents", refunded)).Items();
        documents.Select(document => (document.Text("kind"), document.Amount("total"), document.Amount("tax"), document.Amount("shipping"))).ShouldBe(
            [("invoice", "23.68 USD", "3.78 USD", "9.90 USD"), ("invoice", "23.80 USD", "3.80 USD", "0.00 USD"), ("creditNote", "5.00 USD", "0.80 USD", "0.00 USD")]);
        documents[2].Text("reason").ShouldBe("a scratch");
        documents[2].GetProperty("corrects").EnumerateArray().Select(number => number.GetString()).ShouldBe([documents[0].Text("number"), documents[1].Text("number")]);
        documents[0].Amount("total").ShouldNotBe(placed.Amount("total"));

        (await shop.Guest.ReadAsync($"orders/{order}/documents", HttpStatusCode.NotFound)).Text("type").ShouldBe("/problems/order-not-found");
        (await shop.Guest.ReadAsync($"orders/{order}/documents?accessToken={secret}")).Items().Count.ShouldBe(3);
        var print = $"orders/{order}/documents/{documents[0].Text("number")}/print";
        using var page = await shop.Guest.GetAsync(new Uri($"{print}?accessToken={secret}", UriKind.Relative));
        (page.StatusCode, page.Content.Headers.ContentType!.ToString()).ShouldBe((HttpStatusCode.OK, "text/html; charset=utf-8"));
        page.Headers.GetValues("Content-Security-Policy").Single().ShouldContain("default-src 'none'");
        var html = await page.Content.ReadAsStringAsync();
        html.ShouldContain("<h1>Invoice</h1>");
        html.ShouldContain("&lt;script&gt;alert(&#x27;김&#x27;)&lt;/script&gt;");
        html.ShouldContain("Sejong-daero 110 &amp; co");
        html.ShouldNotContain("<script");
        html.ShouldContain("23.68 USD");
        using var korean = await shop.Staff.GetAsync(new Uri($"{print}?locale=ko-KR", UriKind.Relative));
        (await korean.Content.ReadAsStringAsync()).ShouldContain("<h1>청구서</h1>");
        (await shop.Staff.ReadAsync($"{print}?locale=xx", HttpStatusCode.BadRequest)).Text("type").ShouldBe("/problems/validation");
        (await shop.Staff.ReadAsync($"orders/{order}/documents/INV-1999-000001/print", HttpStatusCode.NotFound)).Text("type").ShouldBe("/problems/document-not-found");
        (await shop.Guest.ReadAsync(print, HttpStatusCode.NotFound)).Text("type").ShouldBe("/problems/order-not-found");

        (await shop.Staff.ReadAsync($"documents?kind=creditNote&number={documents[2].Text("number")}")).Items().Single().Text("orderId").ShouldBe(order.ToString());
        (await shop.Staff.ReadAsync("documents?kind=receipt", HttpStatusCode.BadRequest)).Text("type").ShouldBe("/problems/validation");
        var first = await shop.Staff.ReadAsync("documents?limit=1");
        (await shop.Staff.ReadAsync($"documents?limit=1&cursor={first.Text("nextCursor")}")).Items().Single().Text("number").ShouldNotBe(first.Items().Single().Text("number"));
        using var nobody = await shop.Guest.GetAsync(new Uri("documents", UriKind.Relative));
        nobody.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Numbers_have_no_gaps_however_many_parcels_leave_at_once_and_tampering_is_found()
    {
        var sku = await shop.SkuAsync(10m, 200);
        var orders = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ => (await shop.Guest.PlacedAsync(Order((sku, 3)))).Id()));
        var tokens = await Task.WhenAll(orders.Select(async order =>
        {
            await PostAsync($"orders/{order}/payments/capture");
            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ShipAsync(order, sku, 1)));
            return await PostAsync($"orders/{order}/payments/refund", new { amount = new { amount = "1.00", currency = "USD" } });
        }));

        foreach (var (order, token) in orders.Zip(tokens))
        {
            var documents = (await ReadAsync(shop.Staff, $"orders/{order}/documents", token)).Items();
            documents.Select(document => document.Text("kind")).Order(StringComparer.Ordinal).ShouldBe(["creditNote", "invoice", "invoice", "invoice"]);
        }

        var numbers = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await shop.Staff.ReadAsync($"documents?limit=50&kind=invoice{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}");
            numbers.AddRange(page.Items().Select(document => document.Text("number")));
            cursor = page.GetProperty("nextCursor").GetString();
        }

        var serials = numbers.Select(number => int.Parse(number[^6..], System.Globalization.CultureInfo.InvariantCulture)).ToList();
        serials.Order().ShouldBe(Enumerable.Range(1, serials.Count));
        serials.Count.ShouldBeGreaterThanOrEqualTo(60);
        var verifier = shop.Services.GetRequiredService<DatabaseVerifier>();
        (await verifier.VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();

        await using var connection = new NpgsqlConnection(shop.ConnectionString);
        await connection.OpenAsync();
        await using var tamper = new NpgsqlCommand(
            """
            update events.mt_events set data = jsonb_set(data, '{document,sums,total}', '1') where type = 'invoice_issued' and seq_id = (select min(seq_id) from events.mt_events where type = 'invoice_issued');
            update events.mt_events set data = jsonb_set(data, '{serial}', '7') where type = 'document_numbered' and seq_id = (select min(seq_id) from events.mt_events where type = 'document_numbered');
            """,
            connection);
        await tamper.ExecuteNonQueryAsync();
        var found = (await verifier.VerifyAsync(null, CancellationToken.None)).Violations.Select(violation => violation.Statement).ToList();
        found.ShouldContain(new DocumentsAreNumberedWithoutGaps().Statement);
        found.ShouldContain(new DocumentsSayWhatWasSentAndGivenBack().Statement);
    }

    private static async Task<JsonElement> ReadAsync(HttpClient client, string path, string token)
    {
        using var response = await client.SendJsonAsync(HttpMethod.Get, $"{path}?waitMs=10000", null, ("X-Consistency-Token", token));
        return await response.JsonAsync();
    }

    private Task<string> ShipAsync(Guid order, string sku, int quantity) =>
        PostAsync($"orders/{order}/shipments", new { lines = new[] { new { sku, quantity } }, carrier = "DHL", trackingNumber = "JD01" });

    private async Task<string> PostAsync(string path, object? body = null)
    {
        using var response = await shop.Staff.PostJsonAsync(path, body ?? new { });
        response.IsSuccessStatusCode.ShouldBeTrue(await response.Content.ReadAsStringAsync());
        return response.Headers.GetValues("X-Consistency-Token").Single();
    }
}
