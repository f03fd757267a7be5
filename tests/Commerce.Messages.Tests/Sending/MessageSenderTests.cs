using Commerce.Messages.Letters;
using Commerce.Messages.ReadModels;
using Commerce.Messages.Sending;
using Commerce.ReadModels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Commerce.Messages.Tests.Sending;

[Collection(MessageShopCollection.Name)]
public sealed class MessageSenderTests(MessageShop shop)
{
    [Fact]
    public async Task What_failed_is_tried_again_and_then_given_up_where_staff_sees_it()
    {
        var product = await shop.StockProductAsync(5);
        shop.Pile.Faults["down@example.com"] = letter => new IOException($"The server hung up on {letter.To}.");
        var order = await shop.OrderAsync(product.Sku, "down@example.com");
        var query = $"orderId={order.GetProperty("id").GetGuid()}";
        await shop.SendAllAsync();
        await shop.SendAllAsync();

        // One look tries what is due at once again, three times in all.
        var failed = (await shop.ListAsync(query + "&status=failed")).ShouldHaveSingleItem();
        failed.GetProperty("attempts").GetInt32().ShouldBe(3);
        failed.GetProperty("fault").GetString().ShouldBe("The server hung up on d***@e***.");
        failed.GetProperty("nextAttemptAt").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);

        shop.Pile.Faults.TryRemove("down@example.com", out _);
        var again = await shop.PostAsync($"messages/{failed.GetProperty("id").GetGuid()}/resend", null, 202);
        again.GetProperty("status").GetString().ShouldBe("waiting");
        await shop.SendAllAsync();
        shop.Pile.To("down@example.com").ShouldHaveSingleItem();
        (await shop.ListAsync(query)).Single().GetProperty("status").GetString().ShouldBe("sent");
    }

    [Fact]
    public async Task A_passing_fault_costs_a_letter_nothing_but_time()
    {
        var product = await shop.StockProductAsync(5);
        var faults = 0;
        shop.Pile.Faults["late@example.com"] = _ => faults++ == 0 ? new TimeoutException("Not now.") : null;
        await shop.OrderAsync(product.Sku, "late@example.com");
        await shop.SendAllAsync();

        shop.Pile.To("late@example.com").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_is_refused_for_ever_is_not_tried_again()
    {
        var product = await shop.StockProductAsync(5);
        shop.Pile.Faults["never@example.com"] = _ => new MailRefusedException("550 no such mailbox");
        var order = await shop.OrderAsync(product.Sku, "never@example.com");
        await shop.SendAllAsync();

        var message = (await shop.ListAsync($"orderId={order.GetProperty("id").GetGuid()}")).ShouldHaveSingleItem();
        message.GetProperty("status").GetString().ShouldBe("failed");
        message.GetProperty("attempts").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Killed_between_sending_and_writing_it_down_a_letter_is_sent_again_under_the_same_name()
    {
        var product = await shop.StockProductAsync(5);
        await shop.OrderAsync(product.Sku, "twice@example.com");
        await shop.SettleAsync();
        var clock = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddMinutes(1));
        var outbox = new Outbox(shop.Services.GetRequiredService<ModuleDatabase<MessagesDatabase>>(), shop.Options, clock);
        var letters = shop.Services.GetRequiredService<LetterDesk>();

        // A sender that dies with the letter sent and the row as it claimed it.
        var taken = await outbox.ClaimAsync(1000, CancellationToken.None);
        foreach (var message in taken)
        {
            if (await letters.WriteAsync(message, CancellationToken.None) is { Address: "twice@example.com" } letter)
            {
                using var mail = letter.ToMail(message, shop.Options.From, clock.GetUtcNow());
                await shop.Pile.SendAsync(mail, CancellationToken.None);
            }
        }

        // As long as it may still be at work, nobody else takes its messages.
        (await outbox.ClaimAsync(1000, CancellationToken.None)).ShouldBeEmpty();
        await shop.Sender.SendDueAsync(CancellationToken.None);
        shop.Pile.To("twice@example.com").Count.ShouldBe(1);

        clock.Advance(2 * shop.Options.Patience);
        var next = new MessageSender(outbox, letters, shop.Pile, shop.Options, clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<MessageSender>.Instance);
        await next.SendDueAsync(CancellationToken.None);
        await next.SendDueAsync(CancellationToken.None);

        var copies = shop.Pile.To("twice@example.com");
        copies.Count.ShouldBe(2);
        copies[0].MessageId.ShouldBe(copies[1].MessageId);
    }

    [Fact]
    public async Task A_message_that_kills_every_sender_is_given_up()
    {
        var product = await shop.StockProductAsync(5);
        var order = await shop.OrderAsync(product.Sku, "poison@example.com");
        await shop.SettleAsync();
        var query = $"orderId={order.GetProperty("id").GetGuid()}";
        await shop.ExecuteAsync($"update messages.outbox set attempts = 3 where order_id = '{order.GetProperty("id").GetGuid()}'");
        await shop.SendAllAsync();

        (await shop.ListAsync(query)).Single().GetProperty("status").GetString().ShouldBe("failed");
        shop.Pile.To("poison@example.com").ShouldBeEmpty();
    }

    [Fact]
    public async Task Several_senders_at_once_send_every_letter_once()
    {
        var product = await shop.StockProductAsync(50);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => shop.OrderAsync(product.Sku, "crowd@example.com")));
        await shop.SettleAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => shop.Sender.SendDueAsync(CancellationToken.None)));

        var letters = shop.Pile.To("crowd@example.com");
        letters.Count.ShouldBe(20);
        letters.Select(letter => letter.MessageId).Distinct().Count().ShouldBe(20);
    }

    [Fact]
    public async Task A_host_that_sends_does_so_by_itself()
    {
        var product = await shop.StockProductAsync(5);
        await using var peer = shop.OpenPeer(("Messages:Sends", "true"), ("Messages:Rest", "00:00:00.05"));
        using var client = peer.CreateClient();
        var arrived = shop.Pile.NextAsync("alone@example.com");
        var order = await shop.OrderAsync(product.Sku, "alone@example.com");

        (await arrived).Subject.ShouldContain(order.GetProperty("number").GetString()!);
    }

    [Fact]
    public async Task Addresses_and_wishes_that_nobody_needs_are_forgotten()
    {
        var product = await shop.CreateProductAsync();
        await shop.PostAsync("messages/back-in-stock", new { sku = product.Sku, email = "old@example.com" }, 202, shop.Client);
        await shop.ExecuteAsync(
            $"""
             update messages.wishes set created_at = now() - interval '2 years' where sku = '{product.Sku}';
             insert into messages.outbox (id, kind, cause, sku, recipient, status, created_at, due_at)
             values (gen_random_uuid(), 'backInStock', gen_random_uuid(), '{product.Sku}', 'old@example.com', 'failed', now() - interval '60 days', now())
             """);
        await shop.Services.GetRequiredService<Outbox>().ForgetAsync(CancellationToken.None);

        (await shop.ScalarAsync<long>($"select count(*) from messages.wishes where sku = '{product.Sku}'")).ShouldBe(0);
        (await shop.ScalarAsync<bool>($"select recipient is null from messages.outbox where sku = '{product.Sku}'")).ShouldBeTrue();
    }
}
