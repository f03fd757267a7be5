using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Commerce.Benchmarks.Harness;

/// <summary>The goods of the benchmarks: product <c>n</c> has the SKU <c>bench-n</c> and a price that follows from n.</summary>
public static class Shop
{
    private const int LinesAtOnce = 500;
    private const int MostTold = 1000;

    public static string Sku(int number) => string.Create(CultureInfo.InvariantCulture, $"bench-{number}");

    /// <summary>The price of a product in cents.</summary>
    public static long Cents(int number) => 199 + (number * 37L % 9_000);

    /// <summary>Imports products through the API.</summary>
    public static async Task ImportAsync(HostProcess host, int products)
    {
        var rows = new StringBuilder();
        for (var number = 1; number <= products; number++)
        {
            rows.Append(CultureInfo.InvariantCulture, $$$"""
                {"slug":"bench-product-{{{number}}}","status":"active","translations":{"en":{"name":"Product {{{number}}} of the benchmark","description":"A plain description that is about as long as a short one in a real shop, number {{{number}}}."},"ko":{"name":"벤치마크 상품 {{{number}}}"}},"attributes":{"brand":"Brand {{{number % 50}}}","colour":"{{{(number % 2 == 0 ? "red" : "blue")}}}"},"images":[{"url":"https://images.example.com/{{{number}}}.webp","alt":"Product {{{number}}}"}],"variants":[{"sku":"{{{Sku(number)}}}","price":{"amount":"{{{Cents(number) / 100}}}.{{{Cents(number) % 100:00}}}","currency":"USD"},"weightGrams":250}]}
                """).Append('\n');
        }

        using var content = new StringContent(rows.ToString(), Encoding.UTF8, "application/x-ndjson");
        content.Headers.ContentType!.CharSet = null;
        using var accepted = await host.Staff.PostAsync(new Uri("api/v1/products/import", UriKind.Relative), content);
        await RequireAsync(accepted, HttpStatusCode.Accepted);
        var job = (await accepted.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("jobId").GetString();
        while (true)
        {
            var state = await host.Staff.GetFromJsonAsync<JsonElement>(new Uri($"api/v1/jobs/{job}", UriKind.Relative));
            switch (state.GetProperty("status").GetString())
            {
                case "completed" when state.GetProperty("failed").GetInt64() == 0:
                    return;
                case "queued" or "running":
                    await Task.Delay(100);
                    break;
                default:
                    throw new InvalidOperationException($"The import failed: {state}");
            }
        }
    }

    /// <summary>Receives stock of products through the API.</summary>
    public static async Task ReceiveAsync(HostProcess host, IEnumerable<int> products, int quantity)
    {
        foreach (var chunk in products.Chunk(LinesAtOnce))
        {
            using var answer = await host.Staff.PostAsJsonAsync(
                new Uri("api/v1/inventory/receipts", UriKind.Relative),
                new { reference = "bench", lines = chunk.Select(number => new { sku = Sku(number), quantity }) });
            await RequireAsync(answer, HttpStatusCode.Created);
        }
    }

    /// <summary>The stock of a SKU as the API tells it.</summary>
    public static async Task<(int OnHand, int Reserved, int Available)> StockAsync(HostProcess host, string sku)
    {
        var stock = await host.Staff.GetFromJsonAsync<JsonElement>(new Uri($"api/v1/inventory/{sku}", UriKind.Relative));
        return (stock.GetProperty("onHand").GetInt32(), stock.GetProperty("reserved").GetInt32(), stock.GetProperty("available").GetInt32());
    }

    private static async Task RequireAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        if (answer.StatusCode != status)
        {
            var told = await answer.Content.ReadAsStringAsync();
            throw new InvalidOperationException($"{answer.RequestMessage!.RequestUri} answered {(int)answer.StatusCode}: {told[..Math.Min(told.Length, MostTold)]}");
        }
    }
}
