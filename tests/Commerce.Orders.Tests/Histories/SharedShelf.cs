using System.Net;
using System.Text.Json;
using Commerce.Orders.Tests.Shop;

namespace Commerce.Orders.Tests.Histories;

/// <summary>The few SKUs that all histories fight for, and what came in and went out besides orders.</summary>
internal sealed class SharedShelf(IReadOnlyDictionary<string, decimal> prices, int stock)
{
    private readonly string[] _skus = [.. prices.Keys.Order(StringComparer.Ordinal)];
    private readonly int[] _moved = new int[prices.Count];

    public IReadOnlyDictionary<string, decimal> Prices => prices;

    public IReadOnlyList<string> Skus => _skus;

    public string Any(Random chance) => _skus[chance.Next(_skus.Length)];

    /// <summary>Units that should be on hand when orders have sent and got back so many.</summary>
    public int OnHand(string sku, int sent, int restocked) => stock + _moved[Array.IndexOf(_skus, sku)] - sent + restocked;

    /// <summary>The warehouse takes units in, or finds more or fewer than it thought; never fewer than are reserved.</summary>
    public async Task MoveAsync(HttpClient staff, Random chance)
    {
        var at = chance.Next(_skus.Length);
        if (chance.Next(2) == 0)
        {
            var quantity = chance.Next(1, 20);
            using var received = await staff.PostJsonAsync("inventory/receipts", new { lines = new[] { new { sku = _skus[at], quantity } } });
            received.IsSuccessStatusCode.ShouldBeTrue(await received.Content.ReadAsStringAsync());
            Interlocked.Add(ref _moved[at], quantity);
            return;
        }

        var delta = chance.Next(2) == 0 ? chance.Next(1, 5) : -chance.Next(1, 15);
        using var adjusted = await staff.PostJsonAsync($"inventory/{_skus[at]}/adjustments", new { delta, reason = "counted" });
        adjusted.StatusCode.ShouldBeOneOf(delta < 0 ? [HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Conflict] : [HttpStatusCode.Created, HttpStatusCode.OK]);
        if (adjusted.IsSuccessStatusCode)
        {
            Interlocked.Add(ref _moved[at], delta);
        }
    }

    /// <summary>What the shop says of a SKU.</summary>
    public static async Task<(int OnHand, int Reserved)> LevelAsync(HttpClient staff, string sku)
    {
        JsonElement level = await staff.ReadAsync($"inventory/{sku}");
        return (level.Int("onHand"), level.Int("reserved"));
    }
}
