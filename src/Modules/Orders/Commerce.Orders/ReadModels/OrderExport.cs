using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Commerce.Monetary;
using Commerce.ReadModels;
using Dapper;

namespace Commerce.Orders.ReadModels;

/// <summary>Orders as a stream for spreadsheets and other systems, newest first, page by page, so that memory does not grow with them.</summary>
internal sealed class OrderExport(ModuleDatabase<OrdersDatabase> database)
{
    internal const string SelectPage =
        $"""
        SELECT o.document
          FROM orders.orders o
         WHERE {OrderFilter.Where}
           AND (o.placed_at, o.id) < (@BeforeTime, @BeforeId)
           AND o.placed_at >= @From AND o.placed_at < @To
         ORDER BY o.placed_at DESC, o.id DESC
         LIMIT @Take
        """;

    private const int PageSize = 200;
    private static readonly byte[] LineEnd = "\n"u8.ToArray();

    private static readonly string[] Columns =
    [
        "number", "id", "status", "placedAt", "customerId", "email", "currency", "sku", "name", "quantity", "shipped", "returned", "unitPrice", "lineTotal", "subtotal", "shipping",
        "tax", "discount", "total", "paymentMethod", "paymentStatus", "captured", "refunded", "shippingName", "shippingCity", "shippingPostalCode", "shippingCountry",
    ];

    /// <summary>A line for each order: the very document that <c>GET /orders/{id}</c> sends.</summary>
    public async Task WriteNdjsonAsync(OrderFilter filter, Stream output, CancellationToken cancellationToken)
    {
        await foreach (var document in ReadAsync(filter, cancellationToken))
        {
            await output.WriteAsync(document, cancellationToken);
            await output.WriteAsync(LineEnd, cancellationToken);
        }
    }

    /// <summary>A line for each line of an order; what is the order's is repeated on each.</summary>
    public async Task WriteCsvAsync(OrderFilter filter, Stream output, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(output, new UTF8Encoding(false), leaveOpen: true);
        await writer.WriteAsync(Row(Columns));
        await foreach (var document in ReadAsync(filter, cancellationToken))
        {
            var order = OrderDocuments.Read(document);
            foreach (var line in order.Lines)
            {
                await writer.WriteAsync(Row(
                [
                    order.Number, order.Id.ToString(), order.Status.Word(), order.PlacedAt.UtcDateTime.ToString("O", CultureInfo.InvariantCulture), order.CustomerId?.ToString(),
                    order.Email, order.Currency, line.Sku, line.Name, Text(line.Quantity), Text(line.Shipped), Text(line.Returned), Text(line.UnitPrice), Text(line.Total),
                    Text(order.Subtotal), Text(order.Shipping), Text(order.Tax), Text(order.Discount), Text(order.Total), order.Payment.Method, order.Payment.Status.Word(),
                    Text(order.Payment.Captured), Text(order.Payment.Refunded), order.ShippingAddress.Name, order.ShippingAddress.City, order.ShippingAddress.PostalCode,
                    order.ShippingAddress.Country,
                ]));
            }
        }
    }

    private async IAsyncEnumerable<byte[]> ReadAsync(OrderFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (beforeTime, beforeId) = (DateTimeOffset.MaxValue, Guid.AllBitsSet);
        while (!filter.IsVain)
        {
            // A connection for each page: a slow client must not hold one for as long as it reads.
            List<byte[]> page;
            await using (var connection = await database.OpenAsync(cancellationToken))
            {
                page = [.. await connection.QueryAsync<byte[]>(new CommandDefinition(
                    SelectPage, filter.Values(filter.CustomerId, beforeTime, beforeId, PageSize), cancellationToken: cancellationToken))];
            }

            foreach (var document in page)
            {
                yield return document;
            }

            if (page.Count < PageSize)
            {
                yield break;
            }

            var last = OrderDocuments.Read(page[^1]);
            (beforeTime, beforeId) = (last.PlacedAt, last.Id);
        }
    }

    private static string Row(IEnumerable<string?> cells) => string.Join(',', cells.Select(Cell)) + "\r\n";

    // A spreadsheet would run a cell that begins like a formula, and shoppers write names and addresses.
    private static string Cell(string? text)
    {
        var safe = text is { Length: > 0 } && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? $"'{text}" : text ?? "";
        return safe.AsSpan().IndexOfAny(",\"\r\n") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(Money money) => money.AmountText();
}
