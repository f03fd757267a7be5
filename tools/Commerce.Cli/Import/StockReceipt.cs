using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Commerce.Cli.Import;

/// <summary>Stock that is received once, however often it is sent: the key is made from what is received.</summary>
internal static class StockReceipt
{
    private const int LinesAtOnce = 500;

    /// <summary>Receives the quantities; gives how many receipts were new and how many had been there.</summary>
    public static async Task<(int New, int Replayed)> ReceiveAsync(
        ShopConnection shop, string reference, IReadOnlyList<(string Sku, int Quantity)> stock, CancellationToken cancellationToken)
    {
        var (fresh, replayed) = (0, 0);
        foreach (var lines in stock.Chunk(LinesAtOnce))
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(new
            {
                reference,
                lines = lines.Select(line => new { sku = line.Sku, quantity = line.Quantity }),
            });
            var key = $"{reference}-{Convert.ToHexStringLower(SHA256.HashData(body))[..32]}";
            var answer = await shop.SendAsync(
                () =>
                {
                    var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/inventory/receipts") { Content = new ByteArrayContent(body) };
                    request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
                    request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
                    return request;
                },
                TimeSpan.FromMinutes(2),
                cancellationToken);
            if (!answer.IsSuccess)
            {
                throw new ImportException("The stock was not received: " + answer.Describe());
            }

            _ = answer.Replayed ? replayed++ : fresh++;
        }

        return (fresh, replayed);
    }

    /// <summary>Reads a file of <c>sku,quantity</c> with a header.</summary>
    public static async Task<List<(string Sku, int Quantity)>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        List<(string, int)> stock = [];
        foreach (var line in (await File.ReadAllLinesAsync(path, Encoding.UTF8, cancellationToken)).Skip(1))
        {
            if (line.Split(',') is [var sku, var quantity, ..])
            {
                stock.Add((sku, int.Parse(quantity, CultureInfo.InvariantCulture)));
            }
        }

        return stock;
    }
}
