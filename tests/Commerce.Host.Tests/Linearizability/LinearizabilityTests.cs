using System.Net.Http.Json;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.Testing;

namespace Commerce.Host.Tests.Linearizability;

/// <summary>Concurrent callers of one SKU see one stock: what they were told fits into one order, in which each call stands between its sending and its answer.</summary>
public sealed class LinearizabilityTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    private static readonly StockModel Empty = new(0, 0);

    [Fact]
    public void Overlapping_calls_may_stand_in_either_order() => LinearizabilityChecker.IsLinearizable(
        [
            new Call(new Take(1), new Accepted(), 10, 40),
            new Call(new Receive(1), new Accepted(), 20, 30),
            new Call(new Look(), new Seen(1, 1), 50, 60),
        ], Empty).ShouldBeTrue();

    [Fact]
    public void A_call_without_an_answer_may_have_happened_or_not()
    {
        var unanswered = new Call(new Take(1), null, 20, 0);
        Call[] calls = [new Call(new Receive(1), new Accepted(), 0, 10), unanswered, new Call(new Look(), new Seen(1, 0), 30, 40)];
        LinearizabilityChecker.IsLinearizable(calls, Empty).ShouldBeTrue();
        LinearizabilityChecker.IsLinearizable([.. calls, new Call(new Take(1), new Refused(), 50, 60)], Empty).ShouldBeTrue();
        LinearizabilityChecker.IsLinearizable([.. calls, new Call(new Take(1), new Accepted(), 50, 60), new Call(new Look(), new Seen(1, 2), 70, 80)], Empty).ShouldBeFalse();
    }

    public static TheoryData<string> Faults => ["the last unit sold twice", "refused while there was stock", "a receipt forgotten", "a read from the past", "an acknowledged order that came too late"];

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_bad_history_is_rejected(string fault)
    {
        var opening = new Call(new Receive(1), new Accepted(), 0, 10);
        Call[] bad = fault switch
        {
            "the last unit sold twice" => [opening, new Call(new Take(1), new Accepted(), 20, 50), new Call(new Take(1), new Accepted(), 30, 40)],
            "refused while there was stock" => [opening, new Call(new Take(1), new Refused(), 20, 50), new Call(new Look(), new Seen(1, 0), 30, 60)],
            "a receipt forgotten" => [opening, new Call(new Receive(2), new Accepted(), 20, 30), new Call(new Look(), new Seen(1, 0), 40, 50)],
            "a read from the past" => [opening, new Call(new Take(1), new Accepted(), 20, 30), new Call(new Look(), new Seen(1, 0), 40, 50)],
            _ => [new Call(new Take(1), new Accepted(), 0, 10), new Call(new Receive(1), new Accepted(), 20, 30)],
        };
        LinearizabilityChecker.IsLinearizable(bad, Empty).ShouldBeFalse();
    }

    [Fact]
    public async Task Orders_cancellations_receipts_and_reads_of_one_host_are_linearizable()
    {
        var history = await RecordAsync([(shop.Client, shop.StaffClient)], reads: true);
        ShouldFit(history);
    }

    [Fact]
    public async Task Orders_cancellations_and_receipts_through_two_hosts_are_linearizable()
    {
        await using var second = shop.Factory.WithWebHostBuilder(_ => { });
        using var client = second.CreateClient();
        using var staff = second.CreateClient();
        staff.DefaultRequestHeaders.Add("X-Api-Key", ShopFixture.BootstrapKey);
        var history = await RecordAsync([(shop.Client, shop.StaffClient), (client, staff)], reads: false);
        ShouldFit(history);
    }

    private static void ShouldFit(IReadOnlyList<Call> calls)
    {
        calls.ShouldContain(call => call.Question is Take && call.Answer is Refused);
        LinearizabilityChecker.IsLinearizable(calls, Empty).ShouldBeTrue();

        // The same history with one answer turned round must not pass, or the search proves nothing.
        var sold = calls.Where(call => call is { Question: Take, Answer: Accepted }).Sum(call => ((Take)call.Question).Units);
        var returned = calls.Where(call => call.Question is GiveBack).Sum(call => ((GiveBack)call.Question).Units);
        var received = calls.Where(call => call.Question is Receive).Sum(call => ((Receive)call.Question).Units);
        var end = calls.Max(call => call.Answered) + 1;
        LinearizabilityChecker.IsLinearizable([.. calls, new Call(new Look(), new Seen(received, sold - returned), end, end + 1)], Empty).ShouldBeTrue();
        LinearizabilityChecker.IsLinearizable([.. calls, new Call(new Look(), new Seen(received, sold - returned + 1), end, end + 1)], Empty).ShouldBeFalse();
    }

    /// <summary>Few units and many callers, so that most calls meet a stock that is about to run out.</summary>
    private async Task<IReadOnlyList<Call>> RecordAsync((HttpClient Client, HttpClient Staff)[] hosts, bool reads)
    {
        const int callers = 8;
        const int callsEach = 20;
        var sku = (await shop.CreateProductAsync()).Sku;
        var history = new History();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(async () =>
        {
            var (client, staff) = hosts[caller % hosts.Length];
            var chance = new Random(caller);
            var orders = new Queue<(Guid Id, string Secret, int Units)>();
            for (var i = 0; i < callsEach; i++)
            {
                switch (chance.Next(10))
                {
                    case 0 or 1:
                        var arrived = chance.Next(1, 4);
                        await history.RecordAsync(new Receive(arrived), () => ReceiveAsync(staff, sku, arrived));
                        break;
                    case 2 or 3 when orders.TryDequeue(out var order):
                        await history.RecordAsync(new GiveBack(order.Units), () => CancelAsync(client, order.Id, order.Secret));
                        break;
                    case 4 or 5 when reads:
                        await history.RecordAsync(new Look(), () => LookAsync(staff, sku));
                        break;
                    default:
                        var units = chance.Next(1, 4);
                        await history.RecordAsync(new Take(units), () => TakeAsync(client, sku, units, orders));
                        break;
                }
            }
        })));
        return history.Calls;
    }

    private static async Task<Answer> ReceiveAsync(HttpClient staff, string sku, int quantity)
    {
        using var answer = await staff.PostAsJsonAsync("/api/v1/inventory/receipts", new { lines = new[] { new { sku, quantity } } });
        await ShopFixture.JsonAsync(answer, 201);
        return new Accepted();
    }

    private async Task<Answer> TakeAsync(HttpClient client, string sku, int units, Queue<(Guid Id, string Secret, int Units)> orders)
    {
        using var answer = await shop.TryOrderAsync(sku, units, Identifiers.Next().ToString(), client);
        if ((int)answer.StatusCode == 409)
        {
            return new Refused();
        }

        var order = await ShopFixture.JsonAsync(answer, 201);
        orders.Enqueue((order.GetProperty("id").GetGuid(), order.GetProperty("accessToken").GetString()!, units));
        return new Accepted();
    }

    private static async Task<Answer> CancelAsync(HttpClient client, Guid id, string secret)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/v1/orders/{id}/cancel") { Content = JsonContent.Create(new { }) };
        request.Headers.Add("X-Guest-Token", secret);
        using var answer = await client.SendAsync(request);
        await ShopFixture.JsonAsync(answer, 200);
        return new Accepted();
    }

    private static async Task<Answer> LookAsync(HttpClient staff, string sku)
    {
        using var answer = await staff.GetAsync(new Uri($"/api/v1/inventory/{sku}", UriKind.Relative));
        if ((int)answer.StatusCode == 404)
        {
            return new Seen(0, 0);
        }

        var stock = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        return new Seen(stock.GetProperty("onHand").GetInt32(), stock.GetProperty("reserved").GetInt32());
    }
}
