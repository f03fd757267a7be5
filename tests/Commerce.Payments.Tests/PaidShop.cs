using System.Net.Http.Json;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.EventStore.Verification;
using Commerce.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Commerce.Payments.Tests;

/// <summary>The whole Host with the sandbox switched on.</summary>
public class PaidShop : ShopFixture
{
    protected override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["Payments:Sandbox:Enabled"] = "true",
        ["Payments:LookEvery"] = "00:00:01",
        ["Payments:Lease"] = "00:00:02",
    };

    /// <summary>Proves every rule on everything that the tests of a class did.</summary>
    public override async Task DisposeAsync()
    {
        await SettleAsync();
        var report = await Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(null, CancellationToken.None);
        await base.DisposeAsync();
        report.Violations.ShouldBeEmpty();
    }

    /// <summary>Places a guest's order that is paid by a token.</summary>
    public async Task<Paid> PlaceAsync(string token, decimal price = 40.00m, string method = "sandbox", object? payment = null, int stock = 5)
    {
        var product = await StockProductAsync(stock, amount: price.ToString("F2", System.Globalization.CultureInfo.InvariantCulture));
        using var placed = await TryPlaceAsync(product.Sku, payment ?? new { method, token });
        var order = await JsonAsync(placed, 201);
        return new Paid(order.GetProperty("id").GetGuid(), order.GetProperty("accessToken").GetString()!, product.Sku, order);
    }

    /// <summary>Tries to place a guest's order.</summary>
    public async Task<HttpResponseMessage> TryPlaceAsync(string sku, object payment, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/orders")
        {
            Content = JsonContent.Create(new
            {
                lines = new[] { new { sku, quantity = 1 } },
                currency = "USD",
                shippingAddress = new { name = "Kim Shopper", line1 = "1 Main Street", city = "Springfield", region = "IL", postalCode = "62701", country = "US" },
                payment,
            }),
        };
        request.Headers.Add("Idempotency-Key", Identifiers.Next().ToString());
        return await (client ?? Client).SendAsync(request);
    }

    /// <summary>The order as staff sees it.</summary>
    public async Task<JsonElement> OrderAsync(Guid id)
    {
        using var answer = await StaffClient.GetAsync(new Uri($"/api/v1/orders/{id}", UriKind.Relative));
        return await JsonAsync(answer, 200);
    }

    /// <summary>Waits until the order is as it should be.</summary>
    public async Task<JsonElement> UntilAsync(Guid id, Func<JsonElement, bool> isThere, int seconds = 15)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (true)
        {
            var order = await OrderAsync(id);
            if (isThere(order))
            {
                return order;
            }

            if (patience.IsCancellationRequested)
            {
                Assert.Fail($"The order did not get there in {seconds} s: {order}\n{JsonSerializer.Serialize(await PaymentsAsync(id))}");
            }

            await Task.Delay(25, CancellationToken.None);
        }
    }

    /// <summary>Waits for a payment status.</summary>
    public Task<JsonElement> UntilAsync(Guid id, string paymentStatus, int seconds = 15) =>
        UntilAsync(id, order => order.GetProperty("payment").GetProperty("status").GetString() == paymentStatus, seconds);

    /// <summary>The payments of an order.</summary>
    public async Task<List<JsonElement>> PaymentsAsync(Guid orderId)
    {
        using var answer = await StaffClient.GetAsync(new Uri($"/api/v1/orders/{orderId}/payments", UriKind.Relative));
        return [.. (await JsonAsync(answer, 200)).GetProperty("items").EnumerateArray()];
    }

    /// <summary>Staff moves an order's money.</summary>
    public Task<HttpResponseMessage> MoveAsync(Guid orderId, string verb, string? amount = null, string? key = null) => SendAsync(
        StaffClient, $"/api/v1/orders/{orderId}/payments/{verb}", amount is null ? new { } : new { amount = new { amount, currency = "USD" } }, key);

    /// <summary>Posts JSON.</summary>
    public static async Task<HttpResponseMessage> SendAsync(HttpClient client, string path, object body, string? key = null, string? guestToken = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        if (guestToken is not null)
        {
            request.Headers.Add("X-Guest-Token", guestToken);
        }

        return await client.SendAsync(request);
    }

    /// <summary>One number of the database.</summary>
    public async Task<decimal> NumberAsync(string sql, params object[] values)
    {
        await using var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return Convert.ToDecimal(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>What the sandbox's bank says was taken and given back for an order.</summary>
    public async Task<(decimal Captured, decimal Refunded, decimal Held)> BankAsync(Guid orderId)
    {
        const string sum = "coalesce(sum({0}), 0) from payments.sandbox_authorizations where reference in (select id from payments.payments where order_id = $1)";
        return (await NumberAsync("select " + string.Format(System.Globalization.CultureInfo.InvariantCulture, sum, "captured"), orderId),
            await NumberAsync("select " + string.Format(System.Globalization.CultureInfo.InvariantCulture, sum, "refunded"), orderId),
            await NumberAsync("select " + string.Format(System.Globalization.CultureInfo.InvariantCulture, sum, "case when status = 'open' then authorized - captured else 0 end"), orderId));
    }
}

/// <summary>An order that was placed to be paid.</summary>
public sealed record Paid(Guid Id, string AccessToken, string Sku, JsonElement Placed);

/// <summary>A payment's parts of an order's document.</summary>
internal static class OrderJson
{
    public static string Status(this JsonElement order) => order.GetProperty("status").GetString()!;

    public static string PaymentStatus(this JsonElement order) => order.GetProperty("payment").GetProperty("status").GetString()!;

    public static string Money(this JsonElement order, string name) => order.GetProperty("payment").GetProperty(name).GetProperty("amount").GetString()!;
}
