using System.Text;
using Commerce.Outcomes;

namespace Commerce.EventStore.Tests;

public sealed class IdempotencyTests : IAsyncLifetime
{
    private StoreDatabase _database = null!;
    private StoreHost _host = null!;

    public async Task InitializeAsync()
    {
        _database = await StoreDatabase.CreateAsync();
        _host = await _database.StartHostAsync();
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Fifty_callers_with_one_key_are_one_decision_with_one_answer()
    {
        var id = Identifiers.Next();
        var calls = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => KeyedAsync(_host, id, "key-1", "body")));

        (await _host.Session().AggregateStreamAsync<Counter>(id))!.Value.ShouldBe(1);
        calls.Select(call => Encoding.UTF8.GetString(call.Recorded!.Body.Span)).Distinct().ShouldHaveSingleItem();
        calls.Count(call => call.Replayed).ShouldBe(49);
        calls.ShouldAllBe(call => call.Written != null);
    }

    [Fact]
    public async Task The_answer_outlives_the_process()
    {
        var id = Identifiers.Next();
        var first = await KeyedAsync(_host, id, "key-2", "body");
        await using var restarted = await _database.StartHostAsync();

        var repeat = await KeyedAsync(restarted, id, "key-2", "body");

        repeat.Replayed.ShouldBeTrue();
        repeat.Recorded!.Body.ToArray().ShouldBe(first.Recorded!.Body.ToArray());
        repeat.Recorded.Headers.ShouldBe(first.Recorded.Headers);
        repeat.Written!.Value.Transaction.ShouldBe(first.Written!.Value.Transaction);
        (await restarted.Session().AggregateStreamAsync<Counter>(id))!.Value.ShouldBe(1);
    }

    [Fact]
    public async Task Two_hosts_with_one_key_at_once_decide_once()
    {
        await using var other = await _database.StartHostAsync();
        for (var round = 0; round < 10; round++)
        {
            var id = Identifiers.Next();
            var key = $"round-{round}";
            await Task.WhenAll(Enumerable.Range(0, 20).Select(i => KeyedAsync(i % 2 == 0 ? _host : other, id, key, "body")));
            (await _host.Session().AggregateStreamAsync<Counter>(id))!.Value.ShouldBe(1);
        }
    }

    [Fact]
    public async Task Another_body_under_the_same_key_is_refused()
    {
        var id = Identifiers.Next();
        await KeyedAsync(_host, id, "key-3", "body");

        var (outcome, _) = await TryKeyedAsync(_host, id, "key-3", "another body");

        outcome.Refusal.ShouldBeOfType<IdempotencyKeyReused>();
        (await _host.Session().AggregateStreamAsync<Counter>(id))!.Value.ShouldBe(1);
    }

    [Fact]
    public async Task A_refusal_is_kept_under_its_key_as_well()
    {
        var id = Identifiers.Next();
        await _host.AppendAsync(id, new LimitSet(0));
        await KeyedAsync(_host, id, "key-4", "body");
        await _host.AppendAsync(id, new LimitSet(5));

        var repeat = await KeyedAsync(_host, id, "key-4", "body");

        repeat.Replayed.ShouldBeTrue();
        repeat.Recorded!.Status.ShouldBe(409);
    }

    [Fact]
    public async Task A_response_without_any_event_is_recorded_too()
    {
        var context = Context("key-5", "body");
        await _host.Store.RecordAsync(new RecordedResponse(202, "text/plain", null, "first"u8.ToArray()), context, CancellationToken.None);
        var repeat = Context("key-5", "body");
        await _host.Store.RecordAsync(new RecordedResponse(202, "text/plain", null, "second"u8.ToArray()), repeat, CancellationToken.None);

        repeat.Replayed.ShouldBeTrue();
        Encoding.UTF8.GetString(repeat.Recorded!.Body.Span).ShouldBe("first");
    }

    [Fact]
    public async Task Keys_of_different_callers_do_not_meet()
    {
        var id = Identifiers.Next();
        await KeyedAsync(_host, id, "key-6", "body");
        var context = new CallContext { Idempotency = new IdempotentCall("somebody else", "key-6", "body"u8.ToArray()) { Render = Render } };

        (await _host.CountAsync(id, 1, context)).Value.ShouldBe(2);
    }

    private static async Task<CallContext> KeyedAsync(StoreHost host, Guid id, string key, string body) => (await TryKeyedAsync(host, id, key, body)).Context;

    private static async Task<(Outcome<int> Outcome, CallContext Context)> TryKeyedAsync(StoreHost host, Guid id, string key, string body)
    {
        var context = Context(key, body);
        return (await host.CountAsync(id, 1, context), context);
    }

    private static CallContext Context(string key, string body) =>
        new() { Idempotency = new IdempotentCall("caller", key, Encoding.UTF8.GetBytes(body)) { Render = Render } };

    private static RecordedResponse Render(object outcome)
    {
        var typed = (Outcome<int>)outcome;
        return typed.IsSuccess
            ? new RecordedResponse(201, "text/plain", """{"ETag":"\"1\""}""", Encoding.UTF8.GetBytes($"value {typed.Value} {Guid.NewGuid()}"))
            : new RecordedResponse(409, "text/plain", null, "no"u8.ToArray());
    }
}
