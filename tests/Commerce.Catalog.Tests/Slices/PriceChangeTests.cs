using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Commerce.Testing;
using Microsoft.AspNetCore.Mvc.Testing;
using Xunit.Abstractions;

namespace Commerce.Catalog.Tests.Slices;

/// <summary>
/// Two hosts on one Redis serve product pages while prices change on both: no answer is older than the bound, and none older than its own token.
/// <c>COMMERCE_PRICE_CHANGES=10000</c> sets the number of changes.
/// </summary>
public sealed class PriceChangeTests(ITestOutputHelper output)
{
    private const int Products = 24;
    private const int Writers = 6;
    private const int TokenEach = 10;
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(250);

    private static int Changes => int.TryParse(Environment.GetEnvironmentVariable("COMMERCE_PRICE_CHANGES"), NumberStyles.None, CultureInfo.InvariantCulture, out var changes) ? changes : 240;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_answer_is_older_than_the_bound_and_none_older_than_its_own_token(bool redisStops)
    {
        await using var redis = await TestRedis.StartAsync();
        await using var shop = new OwnRedisShop(redis.ConnectionString);
        await shop.InitializeAsync();
        await using var peer = shop.OpenPeer();

        // Opened here: clients that are made at once for a host that is not open yet would open one each.
        peer.Services.ShouldNotBeNull();
        var hosts = new[] { shop.Factory, peer };
        var shelves = new List<Shelf>();
        for (var i = 0; i < Products; i++)
        {
            shelves.Add(new Shelf(await shop.CreateProductAsync(amount: "1.00")));
        }

        var ids = string.Join(',', shelves.Select(shelf => shelf.Product.Id));
        using var done = new CancellationTokenSource();
        var violations = new ConcurrentQueue<string>();
        var (reads, ownReads) = (0, 0);
        var readers = hosts.SelectMany(host => Enumerable.Range(0, 2).Select(reader => Task.Run(async () =>
        {
            using var client = host.CreateClient();
            for (var turn = reader; !done.IsCancellationRequested; turn++)
            {
                if (turn % 16 == 0)
                {
                    var asked = TimeProvider.System.GetTimestamp();
                    var page = await client.GetPathAsync($"/products?ids={ids}&limit=100").JsonAsync();
                    foreach (var item in page.GetProperty("items").EnumerateArray())
                    {
                        shelves.Find(shelf => shelf.Product.Id == item.GetProperty("id").GetGuid())!.Judge(asked, PriceOf(item), "list", violations);
                    }
                }
                else
                {
                    var shelf = shelves[turn % Products];
                    var asked = TimeProvider.System.GetTimestamp();
                    shelf.Judge(asked, PriceOf(await client.GetPathAsync($"/products/{shelf.Product.Id}").JsonAsync()), "page", violations);
                }

                Interlocked.Increment(ref reads);

                // Readers that take every processor would measure nothing but the queue for it.
                await Task.Delay(1);
            }
        }))).ToArray();

        var changed = 0;
        var stop = redisStops ? Changes / 3 : int.MaxValue;
        var resume = redisStops ? 2 * Changes / 3 : int.MaxValue;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            using var one = Staff(hosts[writer % 2]);
            using var other = hosts[1 - (writer % 2)].CreateClient();
            for (var turn = 0; ; turn++)
            {
                var number = Interlocked.Increment(ref changed);
                if (number > Changes)
                {
                    return;
                }

                if (number == stop)
                {
                    await redis.StopAsync();
                }
                else if (number == resume)
                {
                    await redis.ResumeAsync();
                }

                // A product has one writer, so its prices only rise and an older one is told by being lower.
                var shelf = shelves[(writer + (turn * Writers)) % Products];
                var price = shelf.NextPrice();
                using var set = await one.PutAsync($"/products/{shelf.Product.Id}/variants/{shelf.Product.Sku}/prices", new { prices = new[] { new { currency = "USD", amount = $"{price}.00" } } });
                set.StatusCode.ShouldBe(HttpStatusCode.OK);
                shelf.Acknowledged(price);
                if (number % TokenEach != 0)
                {
                    continue;
                }

                // The page waits for a subscription too, which may be busy: patience is part of the question.
                using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/products/{shelf.Product.Id}?waitMs=3000");
                request.Headers.Add("X-Consistency-Token", set.Headers.GetValues("X-Consistency-Token").Single());
                using var read = await other.SendAsync(request);
                if (read.StatusCode == HttpStatusCode.ServiceUnavailable)
                {
                    // On a busy machine a subscription may be behind for long. That is said, and nothing old is served.
                    continue;
                }

                Interlocked.Increment(ref ownReads);
                if (PriceOf(await ShopFixture.JsonAsync(read, 200)) is var seen && seen != price)
                {
                    violations.Enqueue($"own token: {seen} instead of {price}");
                }
            }
        })));
        await done.CancelAsync();
        await Task.WhenAll(readers);
        var oldest = shelves.Max(shelf => shelf.Oldest);
        output.WriteLine($"{Changes:N0} changes, {reads:N0} answers, {ownReads:N0} with their own token, {violations.Count} violations; the oldest answer was asked for {oldest.TotalMilliseconds:N0} ms after a later price was acknowledged");
        violations.ShouldBeEmpty();
        reads.ShouldBeGreaterThan(Changes / 10);
        ownReads.ShouldBeGreaterThan(Changes / TokenEach / 4);
    }

    private static int PriceOf(JsonElement product) => (int)decimal.Parse(product.GetProperty("price").Text("amount"), CultureInfo.InvariantCulture);

    private static HttpClient Staff(WebApplicationFactory<Program> host)
    {
        var client = host.CreateClient();
        client.DefaultRequestHeaders.Add("X-Api-Key", ShopFixture.BootstrapKey);
        return client;
    }

    /// <summary>A product with the prices that were acknowledged, and when.</summary>
    private sealed class Shelf(ShopProduct product)
    {
        private readonly Lock _lock = new();
        private readonly List<(int Price, long At)> _acknowledged = [(1, 0)];
        private int _price = 1;

        public ShopProduct Product { get; } = product;

        /// <summary>The longest that a price was still served after a later one had been acknowledged.</summary>
        public TimeSpan Oldest { get; private set; }

        public int NextPrice() => ++_price;

        public void Acknowledged(int price)
        {
            lock (_lock)
            {
                _acknowledged.Add((price, TimeProvider.System.GetTimestamp()));
            }
        }

        public void Judge(long asked, int seen, string where, ConcurrentQueue<string> violations)
        {
            lock (_lock)
            {
                // The first price later than the one that was seen: from then on this one was old.
                if (_acknowledged.Find(known => known.Price > seen) is { At: > 0 } later && later.At < asked && TimeProvider.System.GetElapsedTime(later.At, asked) is var age && age > Oldest)
                {
                    Oldest = age;
                }

                var (price, at) = _acknowledged.FindLast(known => TimeProvider.System.GetElapsedTime(known.At, asked) > Bound);
                if (seen < price)
                {
                    violations.Enqueue($"{where}: {seen} though {price} was acknowledged {TimeProvider.System.GetElapsedTime(at, asked).TotalMilliseconds} ms before");
                }
            }
        }
    }

    private sealed class OwnRedisShop(string redis) : ShopFixture
    {
        protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["ConnectionStrings:Redis"] = redis };
    }
}
