using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Commerce.Host.Samples;

/// <summary>
/// Loads the sample through the shop's own API, as anybody would: categories, products, stock. Rows are upserts and receipts have keys made from their
/// content, so that a load which was cut off is simply begun again.
/// </summary>
internal sealed class SampleShelf(HttpClient http, string folder, string state, TimeProvider time)
{
    private const int LinesAtOnce = 500;
    private const string Reference = "sample";
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    private string Products => Path.Combine(folder, "products.ndjson.gz");

    private string Categories => Path.Combine(folder, "categories.ndjson");

    private string Stock => Path.Combine(folder, "stock.csv");

    /// <summary>Marks a load that has begun and not ended.</summary>
    private string Unfinished => Path.Combine(state, "sample-unfinished");

    /// <summary>Whether the shop is empty, or was left half filled by an earlier load.</summary>
    public async Task<bool> IsWantedAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(Products))
        {
            return false;
        }

        if (File.Exists(Unfinished))
        {
            return true;
        }

        var page = await SendAsync(new HttpRequestMessage(HttpMethod.Get, "api/v1/products?limit=1"), cancellationToken);
        return page.GetProperty("items").GetArrayLength() == 0;
    }

    /// <summary>Loads everything, telling how many rows of how many are done.</summary>
    public async Task FillAsync(Action<long, long> report, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(state);
        await File.WriteAllTextAsync(Unfinished, "", cancellationToken);
        var ids = await CategoryIdsAsync(cancellationToken);
        var rows = new MemoryStream();
        var count = await WriteRowsAsync(rows, ids, cancellationToken);
        var stock = await StockAsync(cancellationToken);
        var total = count + stock.Count;
        report(0, total);

        rows.Position = 0;
        using var import = new HttpRequestMessage(HttpMethod.Post, "api/v1/products/import") { Content = new StreamContent(rows) };
        import.Content.Headers.Add("Content-Type", "application/x-ndjson");
        var job = await SendAsync(import, cancellationToken);
        var jobId = job.GetProperty("jobId").GetString()!;
        while (true)
        {
            var state = await SendAsync(new HttpRequestMessage(HttpMethod.Get, "api/v1/jobs/" + jobId), cancellationToken);
            report(state.GetProperty("processed").GetInt64(), total);
            var status = state.GetProperty("status").GetString();
            if (status == "completed")
            {
                break;
            }

            if (status is "failed" or "cancelled")
            {
                throw new SampleFault($"the import of products {status}.");
            }

            await Task.Delay(BetweenLooks, time, cancellationToken);
        }

        var received = count;
        foreach (var lines in stock.Chunk(LinesAtOnce))
        {
            await PostAsync("api/v1/inventory/receipts", new { reference = Reference, lines }, cancellationToken);
            report(received += lines.Length, total);
        }

        File.Delete(Unfinished);
    }

    private async Task<Dictionary<string, string>> CategoryIdsAsync(CancellationToken cancellationToken)
    {
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!File.Exists(Categories))
        {
            return ids;
        }

        foreach (var line in await File.ReadAllLinesAsync(Categories, cancellationToken))
        {
            if (JsonNode.Parse(line) is not JsonObject row)
            {
                continue;
            }

            row["parentId"] = row["parent"] is { } parent ? ids[parent.GetValue<string>()] : null;
            row.Remove("parent");
            var category = await PostAsync("api/v1/categories", row, cancellationToken);
            ids[row["slug"]!.GetValue<string>()] = category.GetProperty("id").GetString()!;
        }

        return ids;
    }

    /// <summary>The rows as the import takes them: the file names categories by slug, the shop by id.</summary>
    private async Task<long> WriteRowsAsync(MemoryStream rows, Dictionary<string, string> ids, CancellationToken cancellationToken)
    {
        await using var zipped = File.OpenRead(Products);
        await using var plain = new GZipStream(zipped, CompressionMode.Decompress);
        using var reader = new StreamReader(plain, Encoding.UTF8);
        var count = 0L;
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (JsonNode.Parse(line) is not JsonObject row)
            {
                continue;
            }

            if (row["categories"] is JsonArray slugs)
            {
                row["categoryIds"] = new JsonArray([.. slugs.Select(slug => JsonValue.Create(ids[slug!.GetValue<string>()]))]);
                row.Remove("categories");
            }

            await rows.WriteAsync(Encoding.UTF8.GetBytes(row.ToJsonString() + "\n"), cancellationToken);
            count++;
        }

        return count;
    }

    private async Task<List<SampleStock>> StockAsync(CancellationToken cancellationToken) => File.Exists(Stock)
        ? [.. (await File.ReadAllLinesAsync(Stock, cancellationToken)).Skip(1).Select(line => line.Split(',')).Where(cells => cells.Length >= 2)
            .Select(cells => new SampleStock(cells[0], int.Parse(cells[1], System.Globalization.CultureInfo.InvariantCulture)))
            // What is sold out in the sample has no receipt.
            .Where(line => line.Quantity > 0)]
        : [];

    private async Task<JsonElement> PostAsync(string path, object body, CancellationToken cancellationToken)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, JsonSerializerOptions.Web);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(bytes) };
        request.Content.Headers.Add("Content-Type", "application/json");
        request.Headers.Add("Idempotency-Key", $"{Reference}-{Convert.ToHexStringLower(SHA256.HashData(bytes))[..32]}");
        return await SendAsync(request, cancellationToken);
    }

    private async Task<JsonElement> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var answer = await http.SendAsync(request, cancellationToken);
        return answer.IsSuccessStatusCode
            ? await Json(answer, cancellationToken)
            : throw new SampleFault($"{request.Method} {request.RequestUri} answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(cancellationToken)}");
    }

    private static async Task<JsonElement> Json(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        using var document = await JsonDocument.ParseAsync(await answer.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
        return document.RootElement.Clone();
    }

    private sealed record SampleStock(string Sku, int Quantity);
}
