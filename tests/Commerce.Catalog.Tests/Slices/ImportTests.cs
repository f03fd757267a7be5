using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Commerce.Testing;
using Npgsql;

namespace Commerce.Catalog.Tests.Slices;

/// <summary>Whole catalogues in and out.</summary>
[Collection(CatalogShop.Name)]
public sealed class ImportTests(ShopFixture shop)
{
    [Fact]
    public async Task Rows_are_imported_and_faults_are_told_row_by_row()
    {
        var (first, second) = (ShopFixture.NewSku(), ShopFixture.NewSku());
        var job = await ImportAsync("application/x-ndjson", $$$"""
            {"translations":{"en":{"name":"Imported"}},"attributes":{"brand":"Acme"},"variants":[{"sku":"{{{first}}}","price":{"amount":"5.00","currency":"USD"}}],"status":"active"}

            {"translations":{"en":{"name":"No price"}},"variants":[{"sku":"{{{second}}}"}]}
            not json
            {"variants":[{"sku":"{{{second}}}","price":{"amount":"5.00","currency":"USD"}}]}
            {"translations":{"en":{"name":"Renamed"}},"variants":[{"sku":"{{{first}}}","price":{"amount":"6.00","currency":"USD"}}]}
            """);
        job.Text("status").ShouldBe("completed");
        Numbers(job).ShouldBe((5, 5, 3));
        job.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("row").GetInt64()).ShouldBe([3, 4, 5]);
        job.GetProperty("errors")[0].GetProperty("errors").TryGetProperty("variants[0].price", out _).ShouldBeTrue();
        job.GetProperty("errors")[2].GetProperty("errors").TryGetProperty("translations", out _).ShouldBeTrue();

        var product = await FindAsync(first);
        product.Text("name").ShouldBe("Renamed");
        product.GetProperty("price").Text("amount").ShouldBe("6.00");
    }

    [Fact]
    public async Task The_same_file_again_changes_nothing()
    {
        var (small, large) = (ShopFixture.NewSku(), ShopFixture.NewSku());
        var slug = "csv-" + small.ToLowerInvariant();
        var csv = $"""
            sku,slug,status,name,description,name.ko,attr.brand,option.size,price,currency,weightGrams,images,unknown
            {small},{slug},active,"A ""quoted"", name","Two
            lines",이름,Acme,S,5.00,USD,100,https://example.com/a.png|https://example.com/b.png,x
            {large},{slug},active,"A ""quoted"", name","Two
            lines",이름,Acme,L,6.00,USD,,,x
            {ShopFixture.NewSku()},,draft,Bad weight,,,,,1.00,USD,heavy,,
            """;
        var job = await ImportAsync("text/csv", csv);
        Numbers(job).ShouldBe((3, 3, 1));
        job.GetProperty("errors")[0].GetProperty("errors").TryGetProperty("variants[0].weightGrams", out _).ShouldBeTrue();
        var product = await shop.StaffClient.GetPathAsync($"/products/{slug}").JsonAsync();
        product.GetProperty("variants").GetArrayLength().ShouldBe(2);
        product.GetProperty("images").GetArrayLength().ShouldBe(2);
        product.Text("name").ShouldContain("\"quoted\", name");

        Numbers(await ImportAsync("text/csv", csv)).ShouldBe((3, 3, 1));
        (await shop.StaffClient.GetPathAsync($"/products/{slug}").JsonAsync()).GetProperty("version").GetInt64().ShouldBe(product.GetProperty("version").GetInt64());

        // What comes out goes in again and changes nothing.
        foreach (var (format, type) in new[] { ("ndjson", "application/x-ndjson"), ("csv", "text/csv") })
        {
            using var export = await shop.StaffClient.GetPathAsync($"/products/export?format={format}");
            export.StatusCode.ShouldBe(HttpStatusCode.OK);
            var text = await export.Content.ReadAsStringAsync();
            text.ShouldContain(small);
            var again = await ImportAsync(type, text);
            Numbers(again).Failed.ShouldBe(0, again.ToString());
            (await shop.StaffClient.GetPathAsync($"/products/{slug}").JsonAsync()).GetProperty("version").GetInt64().ShouldBe(product.GetProperty("version").GetInt64());
        }
    }

    [Fact]
    public async Task A_host_that_dies_between_a_chunk_and_its_mark_leaves_no_gap_and_no_double()
    {
        const int rows = 4_000;
        var prefix = ShopFixture.NewSku();
        var file = new StringBuilder();
        for (var i = 0; i < rows; i++)
        {
            file.Append($$$"""{"translations":{"en":{"name":"Bulk {{{prefix}}} {{{i}}}"}},"variants":[{"sku":"{{{prefix}}}-{{{i}}}","price":{"amount":"1.00","currency":"USD"}}]}""").Append('\n');
        }

        var id = (await shop.StaffClient.SendAsync(HttpMethod.Post, "/products/import", file.ToString(), "application/x-ndjson").JsonAsync(202)).Text("jobId");
        long marked;
        await using (var connection = new NpgsqlConnection(shop.Database.ConnectionString))
        {
            await connection.OpenAsync();
            while (await AskAsync(connection, $"select processed from catalog.jobs where id = '{id}'") == 0)
            {
                await Task.Delay(10);
            }

            // Nobody can mark a chunk as done now; the next one is decided and committed all the same.
            await using var hold = await connection.BeginTransactionAsync();
            marked = await AskAsync(connection, $"select processed from catalog.jobs where id = '{id}' for update");
            marked.ShouldBeInRange(1, rows - 1);
            var created = $"select count(*) from events.mt_events where type = 'sku_claimed' and data ->> 'sku' like '{prefix}-%'";
            while (await AskAsync(connection, created) <= marked)
            {
                await Task.Delay(10);
            }

            await shop.RestartAsync();
        }

        var job = await WaitAsync(id);
        Numbers(job).ShouldBe((rows, rows, 0));
        job.Text("status").ShouldBe("completed");
        job.GetProperty("unchanged").GetInt64().ShouldBeGreaterThan(0, "what was decided before is met again");
        (job.GetProperty("created").GetInt64() + job.GetProperty("unchanged").GetInt64()).ShouldBe(rows);
        await using var afterwards = new NpgsqlConnection(shop.Database.ConnectionString);
        await afterwards.OpenAsync();
        (await AskAsync(afterwards, $"select count(*) from catalog.variants where sku like '{prefix}-%'")).ShouldBe(rows);
        (await AskAsync(afterwards, $"select count(*) from events.mt_events where type = 'product_created' and data -> 'variants' -> 0 ->> 'sku' like '{prefix}-%'")).ShouldBe(rows);
    }

    [Fact]
    public async Task A_job_is_cancelled_and_odd_uploads_are_refused()
    {
        var id = (await shop.StaffClient.SendAsync(HttpMethod.Post, "/products/import", "", "application/x-ndjson").JsonAsync(202)).Text("jobId");
        await WaitAsync(id);
        (await shop.StaffClient.PostAsync($"/jobs/{id}/cancel", new { }).JsonAsync(202)).Text("status").ShouldBe("completed");
        (await shop.StaffClient.PostAsync("/jobs/00000000-0000-7000-8000-000000000000/cancel", new { })).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await shop.StaffClient.SendAsync(HttpMethod.Post, "/products/import", "name\nx", "text/csv").ErrorsAsync()).ShouldBe(["sku"]);
        (await shop.StaffClient.SendAsync(HttpMethod.Post, "/products/import", "{}", "application/xml")).StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
        (await shop.StaffClient.GetPathAsync("/products/export?format=xml").ErrorsAsync()).ShouldBe(["format"]);
    }

    private static (long Processed, long Total, long Failed) Numbers(JsonElement job) =>
        (job.GetProperty("processed").GetInt64(), job.GetProperty("total").GetInt64(), job.GetProperty("failed").GetInt64());

    private static async Task<long> AskAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    private async Task<JsonElement> FindAsync(string sku)
    {
        await shop.SettleAsync();
        var found = await shop.Client.GetPathAsync($"/search?q={sku}").JsonAsync();
        return found.GetProperty("items")[0];
    }

    private async Task<JsonElement> ImportAsync(string type, string body) =>
        await WaitAsync((await shop.StaffClient.SendAsync(HttpMethod.Post, "/products/import", body, type).JsonAsync(202)).Text("jobId"));

    private async Task<JsonElement> WaitAsync(string id)
    {
        while (true)
        {
            var job = await shop.StaffClient.GetPathAsync($"/jobs/{id}").JsonAsync();
            if (job.Text("status") is not ("queued" or "running"))
            {
                return job;
            }

            await Task.Delay(50);
        }
    }
}
