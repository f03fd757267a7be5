using System.Net;
using System.Text.Json;
using Commerce.Chaos.Load;
using Commerce.Chaos.Servers;

namespace Commerce.Chaos.Proof;

/// <summary>After the storm: holds every promise of the journal against the shop, over HTTP, and against the events themselves.</summary>
internal sealed class JournalProof(ShopClient client, ChaosDatabase database, Journal journal)
{
    private static readonly ParallelOptions AtOnce = new() { MaxDegreeOfParallelism = 16 };

    public async Task RunAsync(CancellationToken deadline)
    {
        foreach (var (path, key) in journal.Unanswered)
        {
            journal.Violation($"a write never got an answer: {path} {key}");
        }

        await Parallel.ForEachAsync(journal.Orders, AtOnce, async (order, _) => await OrderStandsAsync(order, deadline));
        await Parallel.ForEachAsync(
            journal.RefusedOrders.Concat(journal.Receipts.Select(receipt => receipt.Answer)).Concat(journal.Reservations.Select(reservation => reservation.Answer)), AtOnce,
            async (answer, _) => await RepeatIsTheSameAsync(answer, null, deadline));
        await ExactlyTheseOrdersAsync(deadline);
        await RefusalsLeftNothingAsync(deadline);
        await StockIsWhatWasPromisedAsync(deadline);
    }

    private async Task OrderStandsAsync(AcknowledgedOrder order, CancellationToken deadline)
    {
        if (await client.ReadAsync(HttpMethod.Get, $"orders/{order.Id}", deadline, order.AccessToken) is not { } read)
        {
            journal.Violation($"order {order.Id} could not be read in time");
            return;
        }

        if (read.Status != HttpStatusCode.OK)
        {
            journal.Violation($"LOST: the acknowledged order {order.Id} reads {(int)read.Status}");
        }
        else
        {
            var now = JsonSerializer.Deserialize<JsonElement>(read.Body);
            var then = JsonSerializer.Deserialize<JsonElement>(order.Answer.Response);
            var status = now.GetProperty("status").GetString();
            if (!ShopLoad.SameLines(read.Body, order.Lines)
                || now.GetProperty("number").GetString() != then.GetProperty("number").GetString()
                || (!order.IsMoving && now.GetProperty("total").GetRawText() != then.GetProperty("total").GetRawText()))
            {
                journal.Violation($"the acknowledged order {order.Id} reads otherwise");
            }

            if (status != order.Status)
            {
                journal.Violation($"order {order.Id} is {status}, acknowledged as {order.Status}");
            }

            await LifeStandsAsync(order, now, deadline);
        }

        await RepeatIsTheSameAsync(order.Answer, null, deadline);
        if (order.Cancelled is { } cancelled)
        {
            await RepeatIsTheSameAsync(cancelled, order.AccessToken, deadline);
        }
    }

    /// <summary>What was acknowledged of an order after its placing: units, money, one invoice for each parcel.</summary>
    private async Task LifeStandsAsync(AcknowledgedOrder order, JsonElement now, CancellationToken deadline)
    {
        if (!order.IsMoving)
        {
            return;
        }

        var payment = now.GetProperty("payment");
        var (captured, refunded) = (OrderLife.Amount(payment.GetProperty("captured")), OrderLife.Amount(payment.GetProperty("refunded")));
        if ((captured, refunded) != (order.Captured, order.Refunded))
        {
            journal.Violation($"MONEY: order {order.Id} took {captured} and gave {refunded} back; acknowledged were {order.Captured} and {order.Refunded}");
        }

        foreach (var line in now.GetProperty("lines").EnumerateArray())
        {
            var sku = line.GetProperty("sku").GetString()!;
            var (shipped, returned) = (line.GetProperty("shipped").GetInt32(), line.GetProperty("returned").GetInt32());
            if ((shipped, returned) != (order.Sent.GetValueOrDefault(sku), order.Returned.GetValueOrDefault(sku)))
            {
                journal.Violation($"order {order.Id} sent {shipped} of {sku} and got {returned} back; acknowledged were {order.Sent.GetValueOrDefault(sku)} and {order.Returned.GetValueOrDefault(sku)}");
            }
        }

        foreach (var (step, token) in order.Steps)
        {
            await RepeatIsTheSameAsync(step, token, deadline);
        }

        if (order.Parcels > 0 && await client.ReadAsync(HttpMethod.Get, $"orders/{order.Id}/documents?waitMs=5000", deadline, order.AccessToken, order.Steps[^1].Answer.Token) is { } read)
        {
            var invoices = read.Status == HttpStatusCode.OK
                ? JsonSerializer.Deserialize<JsonElement>(read.Body).GetProperty("items").EnumerateArray().Count(document => document.GetProperty("kind").GetString() == "invoice")
                : -1;
            if (invoices != order.Parcels)
            {
                journal.Violation($"order {order.Id} has {order.Parcels} parcels and {invoices} invoices");
            }
        }
    }

    private async Task RepeatIsTheSameAsync(Answered first, string? guestToken, CancellationToken deadline)
    {
        if (await client.WriteAsync(first.Path, first.Key, first.Body, first.AsStaff, deadline, guestToken, isRepeat: true) is { } again
            && (again.Status != first.Status || !again.Response.AsSpan().SequenceEqual(first.Response)))
        {
            journal.Violation($"the repeat of {first.Path} {first.Key} was answered {again.Status} with other bytes, first {first.Status}");
        }

        Interlocked.Increment(ref journal.Replays);
    }

    private async Task ExactlyTheseOrdersAsync(CancellationToken deadline)
    {
        var placed = await database.QueryAsync("select stream_id from events.mt_events where type = 'order_placed'", reader => reader.GetGuid(0), deadline);
        var known = journal.Orders.Select(order => order.Id).ToHashSet();
        foreach (var twice in placed.GroupBy(id => id).Where(group => group.Count() > 1))
        {
            journal.Violation($"DOUBLED: order {twice.Key} was placed {twice.Count()} times");
        }

        foreach (var lost in known.Except(placed))
        {
            journal.Violation($"LOST: the acknowledged order {lost} has no event");
        }

        foreach (var surplus in placed.Except(known))
        {
            journal.Violation($"DOUBLED: order {surplus} stands in the shop and nobody was told of it");
        }
    }

    private async Task RefusalsLeftNothingAsync(CancellationToken deadline)
    {
        const string sql = """
            select i.key from events.commerce_idempotency i
             where i.status >= 400 and i.causation_id in (select causation_id from events.mt_events)
            """;
        foreach (var key in await database.QueryAsync(sql, reader => reader.GetString(0), deadline))
        {
            journal.Violation($"the refused request {key} left events");
        }
    }

    /// <summary>Units are conserved: what came in is on hand, and what is reserved is what the acknowledged orders hold.</summary>
    private async Task StockIsWhatWasPromisedAsync(CancellationToken deadline)
    {
        var received = journal.Receipts.GroupBy(receipt => receipt.Sku).ToDictionary(group => group.Key, group => group.Sum(receipt => receipt.Quantity));
        var sold = journal.Orders.Where(order => order.Cancelled is null).SelectMany(order => order.Lines.Select(line => (line.Sku, Quantity: line.Quantity - order.Sent.GetValueOrDefault(line.Sku))))
            .GroupBy(line => line.Sku).ToDictionary(group => group.Key, group => group.Sum(line => line.Quantity));
        var gone = journal.Orders.SelectMany(order => order.Sent.Select(line => (line.Key, Quantity: line.Value - order.Restocked.GetValueOrDefault(line.Key))))
            .GroupBy(line => line.Key).ToDictionary(group => group.Key, group => group.Sum(line => line.Quantity));
        foreach (var sku in ShopLoad.Skus)
        {
            if (await client.ReadAsync(HttpMethod.Get, $"inventory/{sku}", deadline, asStaff: true) is not { Status: HttpStatusCode.OK } read)
            {
                journal.Violation($"the stock of {sku} could not be read");
                continue;
            }

            var stock = JsonSerializer.Deserialize<JsonElement>(read.Body);
            var (onHand, reserved) = (stock.GetProperty("onHand").GetInt32(), stock.GetProperty("reserved").GetInt32());
            var (expectedOnHand, expectedReserved) = (received.GetValueOrDefault(sku) - gone.GetValueOrDefault(sku), sold.GetValueOrDefault(sku));
            if (onHand != expectedOnHand || reserved != expectedReserved || reserved > onHand)
            {
                journal.Violation($"{(reserved > onHand ? "SOLD TWICE: " : "")}{sku} has {onHand} on hand and {reserved} reserved; acknowledged were {expectedOnHand} and {expectedReserved}");
            }
        }
    }
}
