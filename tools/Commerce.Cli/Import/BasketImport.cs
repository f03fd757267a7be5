using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Commerce.Cli.Terminal;
using Spectre.Console;

namespace Commerce.Cli.Import;

/// <summary>
/// Loads baskets as placed orders: each item group a product, the stock that all baskets need received once, then one
/// order for each basket under a key of its own, so that a second run replays and an interrupted one goes on.
/// </summary>
internal sealed class BasketImport(ShopConnection shop, int concurrency)
{
    private static readonly TimeSpan OrderTimeout = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, int> reasons = new(StringComparer.Ordinal);
    private int placed;
    private int replayed;
    private int failed;

    public async Task<int> RunAsync(string path, int limit, CancellationToken cancellationToken)
    {
        var groceries = Groceries.Read(path, limit);
        var rows = groceries.Products.SelectMany(product => product.ToJson()).ToArray();
        var products = await new ImportJob(shop).RunAsync(
            "products",
            groceries.Products.Count,
            () =>
            {
                var content = new ByteArrayContent(rows);
                content.Headers.TryAddWithoutValidation("Content-Type", "application/x-ndjson");
                return content;
            },
            cancellationToken);
        if (products.Failed > 0)
        {
            products.Print("products");
            return 1;
        }

        // A receipt of its own for each number of baskets: more baskets later bring their own stock.
        var (freshStock, _) = await StockReceipt.ReceiveAsync(
            shop, $"groceries-{groceries.Baskets.Count}", groceries.Demand(), cancellationToken);

        var watch = Stopwatch.StartNew();
        await ProgressLine.RunAsync("orders", groceries.Baskets.Count, async report =>
        {
            shop.Note = report.Note;
            var done = 0L;
            await Parallel.ForEachAsync(
                Enumerable.Range(0, groceries.Baskets.Count),
                new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken },
                async (index, token) =>
                {
                    await PlaceAsync(index, groceries.Baskets[index], token);
                    report.At(Interlocked.Increment(ref done));
                });
        });

        Summarize(products, freshStock, groceries.Baskets.Count, watch.Elapsed);
        return failed == 0 ? 0 : 1;
    }

    private async Task PlaceAsync(int index, IReadOnlyList<string> skus, CancellationToken cancellationToken)
    {
        var number = index.ToString(CultureInfo.InvariantCulture);
        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            lines = skus.Select(sku => new { sku, quantity = 1 }),
            email = $"basket-{number}@example.com",
            shippingAddress = new
            {
                name = "Grocery customer " + number, line1 = "1 Market Street", city = "Springfield", postalCode = "12345", country = "US",
            },
            currency = "USD",
            payment = new { method = "invoice" },
        });
        var answer = await shop.SendAsync(
            () =>
            {
                var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/orders") { Content = new ByteArrayContent(body) };
                request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
                request.Headers.TryAddWithoutValidation("Idempotency-Key", "groceries-basket-" + number);
                return request;
            },
            OrderTimeout,
            cancellationToken);
        if (answer.Status != HttpStatusCode.Created)
        {
            Interlocked.Increment(ref failed);
            reasons.AddOrUpdate(Reason(answer), 1, (_, count) => count + 1);
        }
        else if (answer.Replayed)
        {
            Interlocked.Increment(ref replayed);
        }
        else
        {
            Interlocked.Increment(ref placed);
        }
    }

    // The type groups alike refusals; the detail names each one's SKU.
    private static string Reason(ShopAnswer answer)
    {
        try
        {
            return answer.Json().TryGetProperty("type", out var type) ? $"{(int)answer.Status} {type}" : answer.Describe();
        }
        catch (JsonException)
        {
            return answer.Describe();
        }
    }

    private void Summarize(JobSummary products, int freshStock, int baskets, TimeSpan elapsed)
    {
        var table = new Table().Border(TableBorder.Simple).HideHeaders().AddColumns("what", "how many");
        table.Columns[1].RightAligned();
        void Row(string what, string count) => table.AddRow(Markup.Escape(what), Markup.Escape(count));
        Row("products", products.Processed.ToString(CultureInfo.InvariantCulture));
        Row("stock", freshStock > 0 ? "received" : "received before");
        Row("baskets", baskets.ToString(CultureInfo.InvariantCulture));
        Row("orders placed", placed.ToString(CultureInfo.InvariantCulture));
        Row("orders replayed", replayed.ToString(CultureInfo.InvariantCulture));
        Row("orders failed", failed.ToString(CultureInfo.InvariantCulture));
        Row("requests repeated", shop.Repeats.ToString(CultureInfo.InvariantCulture));
        Row("orders a second", (baskets / Math.Max(0.001, elapsed.TotalSeconds)).ToString("0", CultureInfo.InvariantCulture));
        AnsiConsole.Write(table);
        foreach (var (reason, count) in reasons.OrderByDescending(entry => entry.Value).Take(10))
        {
            Console.WriteLine($"  {count} x {reason}");
        }
    }
}
