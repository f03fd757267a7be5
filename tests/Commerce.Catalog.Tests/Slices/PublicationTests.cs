using System.Net;
using Commerce.Testing;
using Microsoft.AspNetCore.Mvc.Testing;

namespace Commerce.Catalog.Tests.Slices;

/// <summary>What begins at an instant begins then, on every host, with nothing running in the background.</summary>
public sealed class PublicationTests(PublicationTests.StillShop shop) : IClassFixture<PublicationTests.StillShop>
{
    [Fact]
    public async Task A_price_scheduled_for_T_is_served_from_T_on_on_every_host_with_all_jobs_stopped()
    {
        await using var peer = shop.OpenPeer();
        using var other = peer.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });
        var product = await shop.CreateProductAsync(amount: "50.00");
        (await PriceAsync(other, $"/products/{product.Id}")).ShouldBe("50.00");
        var path = $"/products/{product.Id}/variants/{product.Sku}/prices";
        var due = await AheadAsync(async at =>
        {
            var set = new { prices = new object[] { new { currency = "USD", amount = "50.00" }, new { currency = "USD", amount = "35.00", startsAt = at } } };
            using var answer = await shop.StaffClient.PutAsync(path, set);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK);
            foreach (var host in new[] { shop.Client, other })
            {
                // Twice: the second is from the cache.
                string[] seen =
                [
                    await PriceAsync(host, $"/products/{product.Id}"), await PriceAsync(host, $"/products/{product.Id}"), await PriceAsync(host, $"/products?ids={product.Id}"),
                ];
                if (shop.Clock.GetUtcNow() < at)
                {
                    seen.ShouldBe(["50.00", "50.00", "50.00"]);
                }
            }
        });

        var (before, after) = (0, 0);
        while (after < 20)
        {
            foreach (var host in new[] { shop.Client, other })
            {
                var asked = shop.Clock.GetUtcNow();
                var price = await PriceAsync(host, $"/products/{product.Id}");
                var answered = shop.Clock.GetUtcNow();
                if (asked >= due)
                {
                    price.ShouldBe("35.00", $"{(asked - due).TotalMilliseconds} ms after it was due");
                    after++;
                }
                else if (answered < due)
                {
                    price.ShouldBe("50.00");
                    before++;
                }
            }
        }

        before.ShouldBeGreaterThan(20, "until then the page came from the cache");
        (await OrderedPriceAsync(product.Sku)).ShouldBe("35.00");
    }

    [Fact]
    public async Task A_product_scheduled_for_T_is_on_sale_from_T_on_on_every_host_with_all_jobs_stopped()
    {
        await using var peer = shop.OpenPeer();
        using var other = peer.CreateClient();
        var sku = ShopFixture.NewSku();
        var id = (await shop.StaffClient.PostAsync("/products", Sample.Product(sku)).JsonAsync(201)).GetProperty("id").GetGuid();
        var due = await AheadAsync(async at =>
        {
            // On a second try it may be on sale already.
            using var taken = await shop.StaffClient.PostAsync($"/products/{id}/withdraw", new { });
            var scheduled = await shop.StaffClient.PostAsync($"/products/{id}/publish", new { at }).JsonAsync();
            scheduled.Text("status").ShouldBe("draft");
            scheduled.GetProperty("publishAt").GetDateTimeOffset().ShouldBe(at, TimeSpan.FromMilliseconds(1));
            foreach (var host in new[] { shop.Client, other })
            {
                var (status, count) = ((await host.GetPathAsync($"/products/{id}")).StatusCode, await CountAsync(host, id));
                if (shop.Clock.GetUtcNow() < at)
                {
                    (status, count).ShouldBe((HttpStatusCode.NotFound, 0));
                }
            }

            var drafts = (await shop.StaffClient.GetPathAsync($"/products?status=draft&ids={id}").JsonAsync()).GetProperty("items").GetArrayLength();
            if (shop.Clock.GetUtcNow() < at)
            {
                drafts.ShouldBe(1);
            }
        });

        await shop.Clock.ReachAsync(due);

        foreach (var host in new[] { shop.Client, other })
        {
            (await host.GetPathAsync($"/products/{id}").JsonAsync()).Text("status").ShouldBe("active");
            (await CountAsync(host, id)).ShouldBe(1);
            (await host.GetPathAsync($"/products?sort=newest&limit=100").JsonAsync()).GetProperty("items").EnumerateArray().Count(item => item.GetProperty("id").GetGuid() == id).ShouldBe(1);
        }

        (await shop.StaffClient.GetPathAsync($"/products?status=draft&ids={id}").JsonAsync()).GetProperty("items").GetArrayLength().ShouldBe(0);
        (await OrderedPriceAsync(sku)).ShouldBe("39.90");
        (await shop.StaffClient.PostAsync($"/products/{id}/publish", new { at = due.AddHours(1) }).JsonAsync(409)).Text("type").ShouldBe("/problems/already-published");
        (await shop.StaffClient.PostAsync($"/products/{id}/withdraw", new { }).JsonAsync()).Text("status").ShouldBe("draft");
        (await shop.Client.GetPathAsync($"/products/{id}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_schedule_is_moved_taken_back_and_refused_like_a_publication()
    {
        var id = (await shop.StaffClient.PostAsync("/products", Sample.Product(ShopFixture.NewSku())).JsonAsync(201)).GetProperty("id").GetGuid();
        var later = shop.Clock.GetUtcNow().AddHours(1);
        var first = await shop.StaffClient.PostAsync($"/products/{id}/publish", new { at = later }).JsonAsync();
        var again = await shop.StaffClient.PostAsync($"/products/{id}/publish", new { at = later }).JsonAsync();
        again.GetProperty("version").GetInt64().ShouldBe(first.GetProperty("version").GetInt64(), "the same instant again changes nothing");
        (await shop.StaffClient.PostAsync($"/products/{id}/publish", new { at = later.AddHours(1) }).JsonAsync()).GetProperty("version").GetInt64()
            .ShouldBe(first.GetProperty("version").GetInt64() + 1);
        (await shop.StaffClient.PostAsync($"/products/{id}/withdraw", new { }).JsonAsync()).TryGetProperty("publishAt", out _).ShouldBeFalse();
        (await shop.StaffClient.PostAsync($"/products/{id}/publish", new { at = shop.Clock.GetUtcNow().AddHours(-1) }).JsonAsync()).Text("status").ShouldBe("active");
        (await shop.StaffClient.SendAsync(HttpMethod.Post, $"/products/{id}/publish", """{"at":"tomorrow"}""").ErrorsAsync()).ShouldBe(["at"]);
        (await shop.Client.PostAsync($"/products/{id}/withdraw", new { })).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    /// <summary>Schedules something for a moment ahead, and again for one further ahead when a busy machine took so long that the moment was near or gone.</summary>
    private async Task<DateTimeOffset> AheadAsync(Func<DateTimeOffset, Task> schedule)
    {
        for (var seconds = 3; ; seconds *= 3)
        {
            var due = shop.Clock.GetUtcNow().AddSeconds(seconds);
            await schedule(due);
            if (shop.Clock.GetUtcNow() < due.AddSeconds(-1))
            {
                return due;
            }
        }
    }

    private static async Task<string> PriceAsync(HttpClient host, string path)
    {
        var answer = await host.GetPathAsync(path).JsonAsync();
        return (answer.TryGetProperty("items", out var items) ? items[0] : answer).GetProperty("price").Text("amount");
    }

    private static async Task<int> CountAsync(HttpClient host, Guid id) => (await host.GetPathAsync($"/products?ids={id}").JsonAsync()).GetProperty("items").GetArrayLength();

    private async Task<string> OrderedPriceAsync(string sku)
    {
        await shop.ReceiveStockAsync(sku, 5);
        var order = await shop.PlaceOrderAsync((sku, 1));
        return order.GetProperty("lines")[0].GetProperty("unitPrice").Text("amount");
    }

    /// <summary>A shop whose hosts run no subscription and no job, on a clock that runs and can be asked.</summary>
    public sealed class StillShop : ShopFixture
    {
        /// <summary>The clock of all hosts.</summary>
        public RunningClock Clock { get; } = new();

        /// <inheritdoc />
        protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["EventStore:RunSubscriptions"] = "false", ["Catalog:RunImports"] = "false" };
    }
}

/// <summary>The system's clock.</summary>
public sealed class RunningClock
{
    private readonly TimeProvider _time = TimeProvider.System;

    /// <summary>Now.</summary>
    public DateTimeOffset GetUtcNow() => _time.GetUtcNow();

    /// <summary>Waits until an instant has come.</summary>
    public async Task ReachAsync(DateTimeOffset instant)
    {
        while (GetUtcNow() is var now && now < instant)
        {
            await Task.Delay(instant - now + TimeSpan.FromMilliseconds(1));
        }
    }
}
