using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Commerce.Testing;
using Npgsql;

namespace Commerce.Catalog.Tests.Slices;

/// <summary>What makes an import bearable: rehearsals, other people's columns, rows to mend, and something to look at meanwhile.</summary>
[Collection(CatalogShop.Name)]
public sealed class ImportToolsTests(ShopFixture shop)
{
    [Fact]
    public async Task A_rehearsal_decides_every_row_and_changes_nothing()
    {
        var known = await shop.CreateProductAsync(amount: "5.00");
        var fresh = ShopFixture.NewSku();
        var events = await EventsAsync();
        var rows = $$$"""
            {"translations":{"en":{"name":"New"}},"variants":[{"sku":"{{{fresh}}}","price":{"amount":"5.00","currency":"USD"}}]}
            {"variants":[{"sku":"{{{fresh}}}","price":{"amount":"6.00","currency":"USD"}}]}
            {"variants":[{"sku":"{{{known.Sku}}}","price":{"amount":"7.00","currency":"USD"}}]}
            {"variants":[{"sku":"{{{known.Sku}}}","options":{},"price":{"amount":"5.00","currency":"USD"}}]}
            {"slug":"{{{known.Slug}}}","translations":{"en":{"name":"Slug of another"}},"variants":[{"sku":"{{{ShopFixture.NewSku()}}}","price":{"amount":"5.00","currency":"USD"}}]}
            {"variants":[]}
            """;
        var job = await ImportAsync("application/x-ndjson", rows, "?dryRun=true");
        (job.Text("status"), job.GetProperty("dryRun").GetBoolean()).ShouldBe(("completed", true));
        Counts(job).ShouldBe((1, 2, 1, 2));
        job.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("row").GetInt64()).ShouldBe([5, 6]);
        (await EventsAsync()).ShouldBe(events);

        // The same in earnest does what was foretold: the sixth of a dollar more, then back.
        Counts(await ImportAsync("application/x-ndjson", rows)).ShouldBe((1, 3, 0, 2), "the row that said what was so says it after another changed it");
        (await EventsAsync()).ShouldBeGreaterThan(events);
    }

    [Fact]
    public async Task Other_names_of_columns_are_mapped()
    {
        var sku = ShopFixture.NewSku();
        var csv = $"""
            Artikel;Bezeichnung;Preis: netto;Währung;Farbe
            {sku};"Hemd; rot";5.00;EUR;rot
            """;
        const string map = "?delimiter=semicolon&map=Artikel:sku&map=Bezeichnung:name.de&map=Preis%3A%20netto:price&map=W%C3%A4hrung:currency&map=Farbe:attr.color";
        Counts(await ImportAsync("text/csv", csv, map)).ShouldBe((1, 0, 0, 0));
        Counts(await ImportAsync("text/csv", csv, map)).ShouldBe((0, 0, 1, 0));

        foreach (var (query, path) in new[]
        {
            ("?map=Artikel", "map"), ("?map=Artikel:nothing", "map"), ("?map=Missing:sku&delimiter=;", "map"), ("?map=Artikel:sku&map=Artikel:name", "map"), ("?delimiter=x", "delimiter"), ("?dryRun=maybe", "dryRun"),
        })
        {
            (await shop.StaffClient.SendAsync(HttpMethod.Post, "/products/import" + query, csv, "text/csv").ErrorsAsync()).ShouldBe([path], query);
        }

        (await shop.StaffClient.SendAsync(HttpMethod.Post, "/products/import?map=a:sku", "{}", "application/x-ndjson").ErrorsAsync()).ShouldBe(["map"]);
    }

    [Theory]
    [InlineData("text/csv")]
    [InlineData("application/x-ndjson")]
    public async Task Rows_that_failed_are_taken_out_mended_and_sent_again(string type)
    {
        var (good, bad, worse) = (ShopFixture.NewSku(), ShopFixture.NewSku(), ShopFixture.NewSku());
        var file = type == "text/csv"
            ? $"""
              sku,name,price,currency,other
              {good},Good,5.00,USD,x
              {bad},"Bad, ""so"" bad",FIVE,USD,x
              {worse},Worse,6.00,USD,x,y,z
              """
            : $$$"""
              {"translations":{"en":{"name":"Good"}},"variants":[{"sku":"{{{good}}}","price":{"amount":"5.00","currency":"USD"}}]}
              {"translations":{"en":{"name":"Bad, \"so\" bad"}},"variants":[{"sku":"{{{bad}}}","price":{"amount":"FIVE","currency":"USD"}}]}
              not json {{{worse}}}
              """;
        var first = await ImportAsync(type, file);
        Counts(first).ShouldBe((1, 0, 0, 2));
        var errors = await ErrorsOfAsync(first, type);
        errors.ShouldNotContain(good);
        errors.ShouldContain("importError");

        // Half mended: what still fails can be taken out again, with the fault of now in the place of the one of then.
        var second = await ImportAsync(type, errors.Replace("FIVE", "5.00", StringComparison.Ordinal));
        Counts(second).ShouldBe((1, 0, 0, 1));
        var rest = await ErrorsOfAsync(second, type);
        rest.ShouldNotContain(bad);
        rest.Split("importError").Length.ShouldBeLessThanOrEqualTo(2);
        var whole = type == "text/csv"
            ? rest.Replace(",x,y,z", ",x", StringComparison.Ordinal)
            : rest.Replace($"not json {worse}", $$$"""{"translations":{"en":{"name":"Worse"}},"variants":[{"sku":"{{{worse}}}","price":{"amount":"6.00","currency":"USD"}}]}""", StringComparison.Ordinal);
        Counts(await ImportAsync(type, whole)).ShouldBe((1, 0, 0, 0));
        (await shop.StaffClient.GetPathAsync($"/jobs/{Guid.Empty}/errors")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await shop.Client.GetPathAsync($"/jobs/{first.Text("id")}/errors")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_job_is_watched_to_its_end()
    {
        var prefix = ShopFixture.NewSku();
        var rows = string.Join('\n', Enumerable.Range(0, 2500).Select(i => $$$"""{"translations":{"en":{"name":"Seen {{{i}}}"}},"variants":[{"sku":"{{{prefix}}}-{{{i}}}","price":{"amount":"1.00","currency":"USD"}}]}"""));
        var id = (await shop.StaffClient.SendAsync(HttpMethod.Post, "/products/import", rows, "application/x-ndjson").JsonAsync(202)).Text("jobId");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/jobs/{id}/stream");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var answer = await shop.StaffClient.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        var text = await answer.Content.ReadAsStringAsync().WaitAsync(TimeSpan.FromSeconds(30));
        var steps = text.Split('\n').Where(line => line.StartsWith("data: ", StringComparison.Ordinal)).Select(line => JsonDocument.Parse(line[6..]).RootElement).ToList();
        steps.Select(step => step.GetProperty("processed").GetInt64()).ShouldBe(steps.Select(step => step.GetProperty("processed").GetInt64()).Order());
        Counts(steps[^1]).ShouldBe((2500, 0, 0, 0));
        text.ShouldContain("event: end\n");
        (await shop.StaffClient.GetPathAsync($"/jobs/{Guid.Empty}/stream")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Some_products_are_sent_at_once_and_each_is_answered_for()
    {
        var known = await shop.CreateProductAsync(amount: "5.00");
        var sku = ShopFixture.NewSku();
        var body = new
        {
            products = new object?[]
            {
                new { translations = new { en = new { name = "New" } }, variants = new[] { new { sku, price = new { amount = "5.00", currency = "USD" } } } },
                new { variants = new[] { new { sku = known.Sku, price = new { amount = "6.00", currency = "USD" } } } },
                new { variants = new[] { new { sku = known.Sku, price = new { amount = "6.00", currency = "USD" } } } },
                new { variants = new[] { new { sku = ShopFixture.NewSku(), price = new { amount = "five", currency = "USD" } } } },
                null,
            },
        };
        var answer = await shop.StaffClient.PostAsync("/products/bulk", body).JsonAsync();
        answer.GetProperty("results").EnumerateArray().Select(result => result.Text("status")).ShouldBe(["created", "updated", "unchanged", "failed", "failed"]);
        answer.GetProperty("results")[1].GetProperty("id").GetGuid().ShouldBe(known.Id);
        answer.GetProperty("results")[3].GetProperty("errors").TryGetProperty("variants[0].price.amount", out _).ShouldBeTrue();
        (answer.GetProperty("created").GetInt32(), answer.GetProperty("failed").GetInt32()).ShouldBe((1, 2));
        (await shop.Client.GetPathAsync($"/products/{known.Id}").JsonAsync()).GetProperty("price").Text("amount").ShouldBe("6.00");

        (await shop.StaffClient.PostAsync("/products/bulk", new { products = Array.Empty<object>() }).ErrorsAsync()).ShouldBe(["products"]);
        (await shop.StaffClient.PostAsync("/products/bulk", new { products = Enumerable.Range(0, 501) }).ErrorsAsync()).ShouldBe(["products"]);
        (await shop.Client.PostAsync("/products/bulk", body)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static (long Created, long Updated, long Unchanged, long Failed) Counts(JsonElement job) =>
        (job.GetProperty("created").GetInt64(), job.GetProperty("updated").GetInt64(), job.GetProperty("unchanged").GetInt64(), job.GetProperty("failed").GetInt64());

    private async Task<string> ErrorsOfAsync(JsonElement job, string type)
    {
        using var answer = await shop.StaffClient.GetPathAsync($"/jobs/{job.Text("id")}/errors");
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(type);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<long> EventsAsync()
    {
        await using var connection = new NpgsqlConnection(shop.Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select count(*) from events.mt_events where type in ('product_created', 'sku_claimed', 'slug_claimed', 'prices_set', 'product_revised', 'variant_revised')", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task<JsonElement> ImportAsync(string type, string body, string query = "")
    {
        var id = (await shop.StaffClient.SendAsync(HttpMethod.Post, "/products/import" + query, body, type).JsonAsync(202)).Text("jobId");
        while (true)
        {
            var job = await shop.StaffClient.GetPathAsync($"/jobs/{id}").JsonAsync();
            if (job.Text("status") is not ("queued" or "running"))
            {
                return job;
            }

            await Task.Delay(30);
        }
    }
}
