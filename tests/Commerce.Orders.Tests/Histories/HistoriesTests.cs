using System.Globalization;
using Commerce.EventStore.Verification;
using Commerce.Orders.Tests.Shop;
using Microsoft.Extensions.DependencyInjection;
using Xunit.Abstractions;

namespace Commerce.Orders.Tests.Histories;

/// <summary>
/// Thousands of random histories over carts, orders, stock and payments, many at once over few goods, through the real handlers, batches and database, beside a
/// plain model. A failure names its seed and everything that led there. <c>./dev test orders --histories 10000</c> runs as many as that; <c>COMMERCE_HISTORIES_SEED</c> begins elsewhere.
/// </summary>
public sealed class HistoriesTests(OrdersShop shop, ITestOutputHelper output) : IClassFixture<OrdersShop>
{
    private const int Stock = 3000;
    private const int AtOnce = 96;

    [Fact]
    public async Task Random_histories_end_as_a_plain_model_says_and_break_no_rule_at_any_step()
    {
        var (count, seed) = (Setting("COMMERCE_HISTORIES", 1_000), Setting("COMMERCE_HISTORIES_SEED", 20_260_301));
        var skus = await Task.WhenAll(Enumerable.Range(0, 24).Select(async i => (Sku: await shop.SkuAsync(1m + i, Stock), Price: 1m + i)));
        var shelf = new SharedShelf(skus.ToDictionary(one => one.Sku, one => one.Price, StringComparer.Ordinal), Stock);
        var histories = Enumerable.Range(0, count).Select(i => new History(shop.Services, shop.Staff, shelf, seed + i)).ToArray();
        var started = TimeProvider.System.GetTimestamp();

        await Parallel.ForEachAsync(histories, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (history, _) => await history.RunAsync());

        var ran = TimeProvider.System.GetElapsedTime(started);
        var orders = histories.Where(history => history.Order is not null).Select(history => history.Order!.Value.Model).ToList();
        output.WriteLine($"{count} histories, {histories.Sum(history => history.Commands)} commands, {orders.Count} orders in {ran.TotalSeconds:F1} s");
        output.WriteLine(string.Join(", ", orders.GroupBy(order => order.Status).Select(group => $"{group.Key} {group.Count()}")));
        var answers = histories.SelectMany(history => history.Answers).GroupBy(answer => answer.Key).ToDictionary(group => group.Key, group => group.Sum(answer => answer.Value));
        output.WriteLine(string.Join("; ", answers.OrderBy(answer => answer.Key, StringComparer.Ordinal).Select(answer => $"{answer.Key} {answer.Value}")));
        orders.Count.ShouldBeGreaterThan(count / 2);
        string[] done = ["authorize", "capture", "refund", "void", "cancel", "edit", "ship", "deliver", "return", "exchange", "approve", "reject", "receive", "replace", "note"];
        done.Where(verb => !answers.ContainsKey($"{verb}: done")).ShouldBeEmpty("The histories do not come to these.");
        foreach (var sku in shelf.Skus)
        {
            var expected = (
                shelf.OnHand(sku, orders.Sum(order => order.Shipped(sku)), orders.Sum(order => order.Restocked(sku))), orders.Sum(order => order.Reserved(sku)));
            (await SharedShelf.LevelAsync(shop.Staff, sku)).ShouldBe(expected, sku);
        }

        // Every rule of both modules, at every position of what was just written.
        var report = await shop.Services.GetRequiredService<DatabaseVerifier>().VerifyAsync(null, CancellationToken.None);
        report.Violations.ShouldBeEmpty();
        output.WriteLine($"{report.Events} events verified in {report.ReplaySeconds:F1} s, {TimeProvider.System.GetElapsedTime(started).TotalSeconds:F1} s in all");
    }

    private static int Setting(string name, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : usual;
}
