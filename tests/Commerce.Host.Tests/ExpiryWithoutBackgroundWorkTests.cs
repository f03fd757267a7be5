using System.Net.Http.Json;
using Commerce.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Commerce.Host.Tests;

/// <summary>A reservation ends by time, not because something noticed: here nothing notices anything, and time moves only when the test says so.</summary>
public sealed class ExpiryWithoutBackgroundWorkTests(ExpiryWithoutBackgroundWorkTests.Shop shop) : IClassFixture<ExpiryWithoutBackgroundWorkTests.Shop>
{
    [Fact]
    public async Task A_reservations_units_are_sold_to_another_buyer_the_moment_it_expires()
    {
        shop.Services.GetServices<IHostedService>().Select(service => service.GetType().Name).ShouldBe(["GenericWebHostService"], "Nothing runs but the server itself.");
        var product = await shop.StockProductAsync(2);
        using var made = await shop.StaffClient.PostAsJsonAsync(
            "/api/v1/inventory/reservations", new { lines = new[] { new { sku = product.Sku, quantity = 2 } }, expiresInSeconds = 60 });
        var reservation = await ShopFixture.JsonAsync(made, 201);

        shop.Clock.Pass(TimeSpan.FromSeconds(60) - TimeSpan.FromMilliseconds(1));
        using var early = await shop.TryOrderAsync(product.Sku);
        (await ShopFixture.JsonAsync(early, 409)).GetProperty("type").GetString().ShouldBe("/problems/insufficient-stock");

        shop.Clock.Pass(TimeSpan.FromMilliseconds(1));
        using var other = await shop.TryOrderAsync(product.Sku, 2);
        await ShopFixture.JsonAsync(other, 201);

        using var ended = await shop.StaffClient.GetAsync(new Uri($"/api/v1/inventory/reservations/{reservation.GetProperty("id")}", UriKind.Relative));
        (await ShopFixture.JsonAsync(ended, 200)).GetProperty("status").GetString().ShouldBe("expired");
        using var late = await shop.TryOrderAsync(product.Sku);
        await ShopFixture.JsonAsync(late, 409);
        // The end was recorded by the very order that took the units.
        using var ledger = await shop.StaffClient.GetAsync(new Uri($"/api/v1/inventory/{product.Sku}/movements", UriKind.Relative));
        (await ShopFixture.JsonAsync(ledger, 200)).GetProperty("items").EnumerateArray().Select(line => line.GetProperty("kind").GetString())
            .ShouldBe(["allocated", "reservationExpired", "reserved", "received"]);
    }

    /// <summary>A shop in which nothing runs but the requests.</summary>
    public sealed class Shop : ShopFixture
    {
        /// <summary>What time it is.</summary>
        internal StillClock Clock { get; } = new();

        /// <inheritdoc />
        protected override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string> { ["EventStore:RunSubscriptions"] = "false" };

        /// <inheritdoc />
        protected override void Configure(IServiceCollection services)
        {
            services.AddSingleton<TimeProvider>(Clock);
            foreach (var background in services.Where(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Name != "GenericWebHostService").ToList())
            {
                services.Remove(background);
            }
        }
    }

    /// <summary>Tells the test's time; timers, which only hold up connections and waits, run in real time.</summary>
    internal sealed class StillClock : TimeProvider
    {
        private readonly DateTimeOffset _start = System.GetUtcNow();
        private TimeSpan _passed;

        public void Pass(TimeSpan time) => _passed += time;

        public override DateTimeOffset GetUtcNow() => _start + _passed;
    }
}
