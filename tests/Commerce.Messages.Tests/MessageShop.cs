using System.Net.Http.Json;
using System.Text.Json;
using Commerce.Messages.Sending;
using Commerce.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Commerce.Messages.Tests;

/// <summary>A shop whose letters go to a pile that the tests read, and are sent when a test says so.</summary>
public sealed class MessageShop : ShopFixture
{
    internal LetterPile Pile { get; } = new();

    internal MessageSender Sender => Services.GetRequiredService<MessageSender>();

    internal MessagesOptions Options => Services.GetRequiredService<MessagesOptions>();

    protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["Messages:Staff:Address"] = "stock@shop.example",
        ["Messages:From:Address"] = "shop@shop.example",
        // What failed is due again at once.
        ["Messages:FirstPause"] = "00:00:00",
        ["Messages:LongestPause"] = "00:00:00",
        ["Messages:MostAttempts"] = "3",
        ["Messages:MostWishes"] = "2",
        ["Messages:MostPerLook"] = "1000",
    };

    protected override void Configure(IServiceCollection services) => services.Replace(ServiceDescriptor.Singleton<IMailTransport>(Pile));

    /// <summary>Waits until all news was heard, and sends what is due.</summary>
    internal async Task SendAllAsync()
    {
        await SettleAsync();
        await Sender.SendDueAsync(CancellationToken.None);
    }

    internal async Task<JsonElement> OrderAsync(string sku, string email, string? locale = null, int quantity = 1)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/orders")
        {
            Content = JsonContent.Create(new
            {
                lines = new[] { new { sku, quantity } },
                email,
                locale,
                shippingAddress = new { name = "Kim <b>Shopper</b>", line1 = "1 Main Street", city = "Springfield", region = "IL", postalCode = "62701", country = "US" },
                currency = "USD",
                payment = new { method = "manual" },
            }),
        };
        request.Headers.Add("Idempotency-Key", NewSku());
        using var placed = await Client.SendAsync(request);
        return await JsonAsync(placed, 201);
    }

    internal async Task<JsonElement> PostAsync(string path, object? body, int status, HttpClient? client = null)
    {
        using var answer = await (client ?? StaffClient).PostAsJsonAsync("/api/v1/" + path, body ?? new { });
        return await JsonAsync(answer, status);
    }

    internal async Task<List<JsonElement>> ListAsync(string query)
    {
        await SettleAsync();
        using var answer = await StaffClient.GetAsync(new Uri($"/api/v1/messages?{query}", UriKind.Relative));
        return [.. (await JsonAsync(answer, 200)).GetProperty("items").EnumerateArray()];
    }

    internal async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    internal async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}

[CollectionDefinition(Name)]
public sealed class MessageShopCollection : ICollectionFixture<MessageShop>
{
    public const string Name = "message shop";
}
