using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Commerce.Chaos.Load;

/// <summary>
/// Shoppers and staff of a busy shop: most orders fight for a few hot SKUs that run out again and again, the others spread over many. Every answer goes to
/// the journal, and every read is held against it.
/// </summary>
internal sealed class ShopLoad(ShopClient client, Journal journal, int seed)
{
    public const int HotSkus = 4;
    private const int WideSkus = 200;
    private const int FirstHotUnits = 60;
    private const int WideUnits = 2000;
    private const int VariantsEach = 20;

    private static readonly object Address = new { name = "Kim Shopper", line1 = "1 Main Street", city = "Springfield", region = "IL", postalCode = "62701", country = "US" };

    private readonly ConcurrentQueue<AcknowledgedOrder> _recent = new();
    private readonly ConcurrentQueue<Guid> _held = new();
    private volatile AcknowledgedOrder? _latest;
    private long _keys;

    public static string Hot(int number) => "HOT-" + number.ToString(CultureInfo.InvariantCulture);

    public static string Wide(int number) => "WIDE-" + number.ToString(CultureInfo.InvariantCulture);

    public static string AnyWide(Random chance) => Wide(chance.Next(WideSkus));

    public static IEnumerable<string> Skus => Enumerable.Range(0, HotSkus).Select(Hot).Concat(Enumerable.Range(0, WideSkus).Select(Wide));

    /// <summary>Opens the shop: products, prices, stock.</summary>
    public async Task StockAsync(CancellationToken deadline)
    {
        foreach (var skus in Skus.Chunk(VariantsEach))
        {
            var created = await SendAsync("products", new
            {
                translations = new { en = new { name = $"Thing of {skus[0]}" } },
                attributes = new Dictionary<string, string>(),
                variants = skus.Select(sku => new { sku, options = new { size = sku }, price = new { amount = "9.90", currency = "USD" } }),
            }, asStaff: true, deadline);
            var id = Json(created ?? throw Unopened("products")).GetProperty("id").GetGuid();
            _ = await SendAsync($"products/{id}/publish", new { }, asStaff: true, deadline) ?? throw Unopened("publish");
            foreach (var sku in skus)
            {
                await ReceiveAsync(sku, sku.StartsWith("HOT", StringComparison.Ordinal) ? FirstHotUnits : WideUnits, deadline);
            }
        }

        if (journal.Receipts.Count != HotSkus + WideSkus)
        {
            throw Unopened("receipts");
        }
    }

    /// <summary>One caller until the end; what is under way then still gets its outcome until the deadline.</summary>
    public async Task RunCallerAsync(int caller, CancellationToken end, CancellationToken deadline)
    {
        var chance = new Random(HashCode.Combine(seed, caller));
        while (!end.IsCancellationRequested)
        {
            var dice = chance.Next(100);
            await (dice switch
            {
                < 38 => OrderAsync(chance, deadline),
                < 46 => LiveAsync(chance, deadline),
                < 55 => CancelAsync(chance, deadline),
                < 63 => ReceiveAsync(Hot(chance.Next(HotSkus)), chance.Next(1, 8), deadline),
                < 70 => ReserveAsync(chance, deadline),
                < 75 => ReleaseAsync(deadline),
                < 90 => LookAsync(deadline),
                < 97 => RepeatAsync(deadline),
                _ => RaceAsync(chance, deadline),
            });
            await Task.Delay(chance.Next(10, 50), end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Gives every reservation back, so that what is reserved is what orders hold.</summary>
    public async Task ReleaseAllAsync(CancellationToken deadline) =>
        await Parallel.ForEachAsync(journal.Reservations, deadline, async (reservation, _) => await ReleaseAsync(reservation.Id, deadline));

    private async Task OrderAsync(Random chance, CancellationToken deadline)
    {
        var (body, lines) = OrderBody(chance);
        Note(await client.WriteAsync("orders", NextKey("order"), body, false, deadline), lines);
    }

    /// <summary>A shopper whose browser sends one order many times at once.</summary>
    private async Task RaceAsync(Random chance, CancellationToken deadline)
    {
        var (body, lines) = OrderBody(chance);
        var key = NextKey("race");
        var answers = (await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => client.WriteAsync("orders", key, body, false, deadline)))).OfType<Answered>().ToList();
        if (answers.Count == 0)
        {
            return;
        }

        if (answers.Exists(answer => answer.Status != answers[0].Status || !answer.Response.AsSpan().SequenceEqual(answers[0].Response)))
        {
            journal.Violation($"one key, sent at once several times, got different answers ({key})");
        }

        Note(answers[0], lines);
    }

    private Task LiveAsync(Random chance, CancellationToken deadline) =>
        _recent.TryDequeue(out var order) ? new OrderLife(client, journal, NextKey).LiveAsync(order, chance, deadline) : Task.CompletedTask;

    private async Task CancelAsync(Random chance, CancellationToken deadline)
    {
        if (!_recent.TryDequeue(out var order) || chance.Next(2) == 0)
        {
            return;
        }

        var answer = await client.WriteAsync($"orders/{order.Id}/cancel", NextKey("cancel"), """{"reason":"changed my mind"}"""u8.ToArray(), false, deadline, order.AccessToken);
        if (answer is null)
        {
            return;
        }

        if (answer.Status != 200)
        {
            journal.Violation($"an acknowledged order could not be cancelled: {answer.Status} ({order.Id})");
        }
        else
        {
            order.Cancelled = answer;
            order.Status = "cancelled";
            journal.Acknowledge("cancelled", answer);
        }
    }

    private async Task ReceiveAsync(string sku, int quantity, CancellationToken deadline)
    {
        var answer = await SendAsync("inventory/receipts", new { lines = new[] { new { sku, quantity } } }, asStaff: true, deadline);
        if (answer is { Status: 201 })
        {
            journal.Receipts.Add((answer, sku, quantity));
            journal.Acknowledge("received", answer);
        }
        else if (answer is not null)
        {
            journal.Violation($"a receipt was answered {answer.Status}");
        }
    }

    private async Task ReserveAsync(Random chance, CancellationToken deadline)
    {
        var id = Guid.CreateVersion7();
        var answer = await SendAsync(
            "inventory/reservations",
            new { reservationId = id, lines = new[] { new { sku = Hot(chance.Next(HotSkus)), quantity = 1 }, new { sku = Wide(chance.Next(WideSkus)), quantity = 2 } }, expiresInSeconds = chance.Next(1, 20) },
            asStaff: true, deadline);
        if (answer is { Status: 201 })
        {
            journal.Reservations.Add((answer, id));
            _held.Enqueue(id);
        }
        else if (answer is not null and not { Status: 409 })
        {
            journal.Violation($"a reservation was answered {answer.Status}");
        }
    }

    private async Task ReleaseAsync(CancellationToken deadline)
    {
        if (_held.TryDequeue(out var id))
        {
            await ReleaseAsync(id, deadline);
        }
    }

    private async Task ReleaseAsync(Guid id, CancellationToken deadline)
    {
        var answer = await client.ReadAsync(HttpMethod.Delete, $"inventory/reservations/{id}", deadline, asStaff: true);
        if (answer is { Status: not (HttpStatusCode.NoContent or HttpStatusCode.NotFound or HttpStatusCode.Conflict) } other)
        {
            journal.Violation($"giving a reservation back was answered {(int)other.Status}");
        }
    }

    /// <summary>Reads on any Host what any Host acknowledged: with its token it must be seen.</summary>
    private async Task LookAsync(CancellationToken deadline)
    {
        // The newest of all: the one that a Host behind the others has not seen.
        if (_latest is not { } order || await client.ReadAsync(HttpMethod.Get, $"orders/{order.Id}", deadline, order.AccessToken, order.Answer.Token) is not { } read)
        {
            return;
        }

        if (read.Status != HttpStatusCode.OK)
        {
            journal.Violation($"an acknowledged order was answered {(int)read.Status} to a read with its token ({order.Id})");
        }
        else if (!order.IsMoving && !SameLines(read.Body, order.Lines))
        {
            journal.Violation($"an acknowledged order reads otherwise ({order.Id})");
        }

        Interlocked.Increment(ref journal.Reads);
    }

    private async Task RepeatAsync(CancellationToken deadline)
    {
        if (_recent.TryPeek(out var order) && await client.WriteAsync("orders", order.Answer.Key, order.Answer.Body, false, deadline, isRepeat: true) is { } again)
        {
            if (again.Status != order.Answer.Status || !again.Response.AsSpan().SequenceEqual(order.Answer.Response))
            {
                journal.Violation($"a repeat was answered with other bytes ({order.Answer.Key}, {again.Status})");
            }

            Interlocked.Increment(ref journal.Replays);
        }
    }

    private void Note(Answered? answer, IReadOnlyList<(string Sku, int Quantity)> lines)
    {
        switch (answer)
        {
            case null:
                break;
            case { Status: 201 }:
                var body = Json(answer);
                var order = new AcknowledgedOrder(answer, body.GetProperty("id").GetGuid(), body.GetProperty("accessToken").GetString()!, lines);
                journal.Orders.Add(order);
                journal.Acknowledge("ordered", answer);
                _recent.Enqueue(order);
                _latest = order;
                break;
            case { Status: 409 }:
                journal.RefusedOrders.Add(answer);
                journal.Acknowledge("refused", answer);
                break;
            default:
                journal.Violation($"an order was answered {answer.Status}");
                journal.Acknowledge("odd", answer);
                break;
        }
    }

    public static bool SameLines(byte[] body, IReadOnlyList<(string Sku, int Quantity)> lines)
    {
        using var read = JsonDocument.Parse(body);
        return read.RootElement.GetProperty("lines").EnumerateArray()
            .Select(line => (line.GetProperty("sku").GetString()!, line.GetProperty("quantity").GetInt32())).Order().SequenceEqual(lines.Order());
    }

    private static (byte[] Body, IReadOnlyList<(string Sku, int Quantity)> Lines) OrderBody(Random chance)
    {
        var lines = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var count = chance.Next(1, 4); count > 0; count--)
        {
            lines[chance.Next(2) == 0 ? Hot(chance.Next(HotSkus)) : Wide(chance.Next(WideSkus))] = chance.Next(1, 4);
        }

        var body = JsonSerializer.SerializeToUtf8Bytes(new
        {
            lines = lines.Select(line => new { sku = line.Key, quantity = line.Value }),
            email = "shopper@example.com",
            shippingAddress = Address,
            currency = "USD",
            payment = new { method = "manual" },
        });
        return (body, [.. lines.Select(line => (line.Key, line.Value))]);
    }

    private Task<Answered?> SendAsync(string path, object body, bool asStaff, CancellationToken deadline) =>
        client.WriteAsync(path, NextKey("k"), JsonSerializer.SerializeToUtf8Bytes(body), asStaff, deadline);

    private string NextKey(string kind) => string.Create(CultureInfo.InvariantCulture, $"{kind}-{seed}-{Interlocked.Increment(ref _keys)}");

    private static JsonElement Json(Answered answer) => JsonSerializer.Deserialize<JsonElement>(answer.Response);

    private static InvalidOperationException Unopened(string what) => new($"The shop could not be opened: {what} got no good answer.");
}
