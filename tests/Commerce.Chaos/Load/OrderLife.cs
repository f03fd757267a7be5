using System.Globalization;
using System.Text.Json;

namespace Commerce.Chaos.Load;

/// <summary>
/// What becomes of an order after its placing, by one buyer and the staff that serves this buyer: changed, paid, sent in parts, delivered, returned, refunded. Each
/// step must succeed or be refused for stock that ran out, and what was acknowledged is taken down for the proof.
/// </summary>
internal sealed class OrderLife(ShopClient client, Journal journal, Func<string, string> nextKey)
{
    /// <summary>Goes through a life, or the first part of one.</summary>
    public async Task LiveAsync(AcknowledgedOrder order, Random chance, CancellationToken deadline)
    {
        order.IsMoving = true;
        _ = (chance.Next(2) == 0 || await EditAsync(order, WithMore(order, chance), deadline))
            && chance.Next(5) > 0 && await CaptureAsync(order, deadline)
            && chance.Next(5) > 0 && await ShipAsync(order, chance, deadline)
            && (chance.Next(3) > 0 || await EditAsync(order, [.. order.Lines.Select(line => (line.Sku, order.Sent.GetValueOrDefault(line.Sku)))], deadline))
            && chance.Next(4) > 0 && await ReturnAsync(order, chance, deadline)
            && chance.Next(2) > 0 && await RefundAsync(order, deadline);
    }

    private async Task<bool> EditAsync(AcknowledgedOrder order, IReadOnlyList<(string Sku, int Quantity)> lines, CancellationToken deadline)
    {
        var body = new { lines = lines.Select(line => new { sku = line.Sku, quantity = line.Quantity }), reason = "changed my mind" };
        if (await SendAsync(order, "edits", body, order.AccessToken, 200, deadline, mayLackStock: true) is not { } edited)
        {
            return false;
        }

        order.Lines = [.. edited.GetProperty("lines").EnumerateArray().Select(line => (line.GetProperty("sku").GetString()!, line.GetProperty("quantity").GetInt32()))];
        Take(order, edited);
        return true;
    }

    private async Task<bool> CaptureAsync(AcknowledgedOrder order, CancellationToken deadline)
    {
        if (await SendAsync(order, "payments/capture", new { }, null, 200, deadline) is not { } paid)
        {
            return false;
        }

        Take(order, paid);
        return true;
    }

    private async Task<bool> ShipAsync(AcknowledgedOrder order, Random chance, CancellationToken deadline)
    {
        var parcel = order.Lines.Take(chance.Next(1, order.Lines.Count + 1)).Select(line => (line.Sku, Quantity: chance.Next(1, line.Quantity + 1))).ToList();
        var body = new { lines = parcel.Select(line => new { sku = line.Sku, quantity = line.Quantity }), carrier = "DHL", trackingNumber = nextKey("parcel") };
        if (await SendAsync(order, "shipments", body, null, 201, deadline) is not { } sent)
        {
            return false;
        }

        parcel.ForEach(line => order.Sent[line.Sku] = line.Quantity);
        (order.Parcels, order.Status) = (order.Parcels + 1, sent.GetProperty("orderStatus").GetString()!);
        if (chance.Next(2) == 0 && await SendAsync(order, $"shipments/{sent.GetProperty("id").GetGuid()}/delivered", new { }, null, 200, deadline) is { } delivered)
        {
            order.Status = delivered.GetProperty("orderStatus").GetString()!;
        }

        return true;
    }

    private async Task<bool> ReturnAsync(AcknowledgedOrder order, Random chance, CancellationToken deadline)
    {
        var (sku, most) = order.Sent.First();
        var (quantity, isSellable) = (chance.Next(1, most + 1), chance.Next(3) > 0);
        var asked = await SendAsync(order, "returns", new { lines = new[] { new { sku, quantity, reason = "too small" } } }, order.AccessToken, 201, deadline);
        if (asked is null
            || $"returns/{asked.Value.GetProperty("id").GetGuid()}" is var path && await SendAsync(order, $"{path}/approve", new { }, null, 200, deadline) is null
            || await SendAsync(order, $"{path}/receive", new { lines = new[] { new { sku, quantity, condition = isSellable ? "sellable" : "damaged" } } }, null, 200, deadline) is not { } received)
        {
            return false;
        }

        order.Returned[sku] = quantity;
        order.Restocked[sku] = isSellable ? quantity : 0;
        order.Refunded += Amount(received.GetProperty("refund"));
        order.Status = received.GetProperty("orderStatus").GetString()!;
        return true;
    }

    private async Task<bool> RefundAsync(AcknowledgedOrder order, CancellationToken deadline)
    {
        if (order.Captured - order.Refunded < 1m
            || await SendAsync(order, "payments/refund", new { amount = new { amount = "1.00", currency = "USD" }, reason = "a scratch" }, null, 200, deadline) is not { } refunded)
        {
            return false;
        }

        Take(order, refunded);
        return true;
    }

    private async Task<JsonElement?> SendAsync(
        AcknowledgedOrder order, string path, object body, string? guestToken, int expected, CancellationToken deadline, bool mayLackStock = false)
    {
        var answer = await client.WriteAsync($"orders/{order.Id}/{path}", nextKey("life"), JsonSerializer.SerializeToUtf8Bytes(body), guestToken is null, deadline, guestToken);
        if (answer is null)
        {
            return null;
        }

        order.Steps.Add((answer, guestToken));
        journal.Acknowledge(path, answer);
        if (answer.Status == expected)
        {
            return JsonSerializer.Deserialize<JsonElement>(answer.Response);
        }

        if (!mayLackStock || answer.Status != 409)
        {
            journal.Violation($"{path} of an order that only its buyer moves was answered {answer.Status} ({order.Id})");
        }

        return null;
    }

    private static IReadOnlyList<(string Sku, int Quantity)> WithMore(AcknowledgedOrder order, Random chance) =>
        [.. order.Lines.Take(1).Select(line => (line.Sku, chance.Next(1, 4))), .. Other(order, ShopLoad.AnyWide(chance))];

    private static IEnumerable<(string Sku, int Quantity)> Other(AcknowledgedOrder order, string sku) => order.Lines[0].Sku == sku ? [] : [(sku, 2)];

    private static void Take(AcknowledgedOrder order, JsonElement document)
    {
        order.Status = document.GetProperty("status").GetString()!;
        order.Captured = Amount(document.GetProperty("payment").GetProperty("captured"));
        order.Refunded = Amount(document.GetProperty("payment").GetProperty("refunded"));
    }

    public static decimal Amount(JsonElement money) => decimal.Parse(money.GetProperty("amount").GetString()!, CultureInfo.InvariantCulture);
}
