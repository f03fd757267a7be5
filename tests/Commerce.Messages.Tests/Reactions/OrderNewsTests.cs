using Commerce.EventStore;
using Commerce.Messages.Reactions;
using Commerce.Orders.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Commerce.Messages.Tests.Reactions;

[Collection(MessageShopCollection.Name)]
public sealed class OrderNewsTests(MessageShop shop)
{
    [Fact]
    public async Task An_order_is_confirmed_shipped_and_refunded_by_letter_in_the_language_it_was_placed_in()
    {
        var product = await shop.StockProductAsync(5);
        var order = await shop.OrderAsync(product.Sku, "life@example.com", "ko");
        var id = order.GetProperty("id").GetGuid();
        var number = order.GetProperty("number").GetString()!;
        await shop.PostAsync($"orders/{id}/payments/capture", null, 200);
        await shop.PostAsync($"orders/{id}/shipments", new { lines = new[] { new { sku = product.Sku, quantity = 1 } }, carrier = "CJ", trackingNumber = "TR-1" }, 201);
        await shop.PostAsync($"orders/{id}/payments/refund", new { amount = new { amount = "5.00", currency = "USD" } }, 200);
        await shop.SendAllAsync();

        var letters = shop.Pile.To("life@example.com");
        letters.Select(letter => letter.Subject).ShouldBe([$"주문이 접수되었습니다 ({number})", $"상품이 발송되었습니다 ({number})", $"환불이 처리되었습니다 ({number})"], ignoreOrder: true);
        letters.ShouldContain(letter => letter.Text.Contains("TR-1", StringComparison.Ordinal) && letter.Text.Contains("CJ", StringComparison.Ordinal));
        letters.ShouldContain(letter => letter.Text.Contains("5.00 USD", StringComparison.Ordinal));
        letters.ShouldAllBe(letter => !letter.Html.Contains("<b>", StringComparison.Ordinal));

        var listed = await shop.ListAsync($"orderId={id}&status=sent");
        listed.Select(message => message.GetProperty("kind").GetString()).ShouldBe(["orderConfirmation", "shipment", "refund"], ignoreOrder: true);
        listed.ShouldAllBe(message => message.GetProperty("recipient").GetString() == "l***@e***" && message.GetProperty("locale").GetString() == "ko");
        // Nothing of it stays behind.
        (await shop.ScalarAsync<long>("select count(*) from messages.outbox where to_jsonb(outbox)::text like '%life@example.com%'")).ShouldBe(0);
    }

    [Fact]
    public async Task A_cancelled_order_is_told_of()
    {
        var product = await shop.StockProductAsync(5);
        var order = await shop.OrderAsync(product.Sku, "gone@example.com");
        await shop.PostAsync($"orders/{order.GetProperty("id").GetGuid()}/cancel", new { reason = "changed my mind" }, 200);
        await shop.SendAllAsync();

        shop.Pile.To("gone@example.com").ShouldContain(letter => letter.Subject == $"Your order {order.GetProperty("number").GetString()} is cancelled");
    }

    [Fact]
    public async Task News_that_is_heard_twice_is_one_message()
    {
        var orderId = Identifiers.Next();
        var delivered = Delivered(orderId, TimeProvider.System.GetUtcNow());
        await HearAsync(delivered, delivered);
        await HearAsync(delivered);

        (await shop.ScalarAsync<long>($"select count(*) from messages.outbox where order_id = '{orderId}'")).ShouldBe(1);
        await DropAsync(orderId);
    }

    [Theory]
    [InlineData("refunded", 1)]
    [InlineData("captured", 0)]
    [InlineData("authorized", 0)]
    public async Task Of_what_a_payment_did_only_a_refund_is_news(string kind, int messages)
    {
        var orderId = Identifiers.Next();
        var at = TimeProvider.System.GetUtcNow();
        await HearAsync(new Delivered(Delivered(orderId, at).Event, new OrderMoneyRecordedAnnouncement(orderId, Identifiers.Next(), kind, 12.5m, at)));

        (await shop.ScalarAsync<long>($"select count(*) from messages.outbox where order_id = '{orderId}' and kind = 'refund' and amount = 12.5")).ShouldBe(messages);
        await DropAsync(orderId);
    }

    [Fact]
    public async Task A_shop_that_begins_to_send_does_not_write_about_what_is_long_past()
    {
        var orderId = Identifiers.Next();
        await HearAsync(Delivered(orderId, TimeProvider.System.GetUtcNow().AddDays(-4)));

        (await shop.ScalarAsync<long>($"select count(*) from messages.outbox where order_id = '{orderId}'")).ShouldBe(0);
    }

    [Fact]
    public async Task An_order_without_anybody_to_write_to_is_skipped()
    {
        var orderId = Identifiers.Next();
        await HearAsync(Delivered(orderId, TimeProvider.System.GetUtcNow()));
        await shop.SendAllAsync();

        var message = (await shop.ListAsync($"orderId={orderId}")).ShouldHaveSingleItem();
        message.GetProperty("status").GetString().ShouldBe("skipped");
        message.GetProperty("fault").GetString().ShouldBe("There is no address to write to.");
    }

    private static Delivered Delivered(Guid orderId, DateTimeOffset at) => new(
        new RecordedEvent { Id = orderId, StreamId = orderId, Version = 1, Name = "order_placed", Data = new object(), Timestamp = at },
        new OrderPlacedAnnouncement(orderId, null, null, [], at));

    private Task DropAsync(Guid orderId) => shop.ExecuteAsync($"delete from messages.outbox where order_id = '{orderId}'");

    private async Task HearAsync(params Delivered[] page)
    {
        var reaction = shop.Services.GetServices<ISubscription>().OfType<WhenThereIsNews>().Single();
        await using var connection = new NpgsqlConnection(shop.Database.ConnectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await reaction.HandleAsync(page, connection, transaction, CancellationToken.None);
        await transaction.CommitAsync();
    }
}
