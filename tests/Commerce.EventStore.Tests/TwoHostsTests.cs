namespace Commerce.EventStore.Tests;

/// <summary>Two stores on one database, as two processes would be: each with caches of its own.</summary>
public class TwoHostsTests : IAsyncLifetime
{
    private StoreDatabase _database = null!;
    private StoreHost _one = null!;
    private StoreHost _two = null!;

    protected virtual bool IsPartitioned => false;

    public async Task InitializeAsync()
    {
        _database = await StoreDatabase.CreateAsync(IsPartitioned);
        _one = await _database.StartHostAsync();
        _two = await _database.StartHostAsync();
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Racing_writers_of_one_stream_lose_no_event_and_pass_no_limit()
    {
        var id = Identifiers.Next();
        await _one.AppendAsync(id, new LimitSet(500));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 600).Select(i => Task.Run(async () =>
        {
            await Task.Delay(i % 50);
            return await (i % 2 == 0 ? _one : _two).CountAsync(id);
        })));

        outcomes.Where(o => o.IsSuccess).Select(o => o.Value).Order().ShouldBe(Enumerable.Range(1, 500));
        var events = await _one.Store.FetchStreamAsync(id, null, null, CancellationToken.None);
        events.Select(e => e.Version).ShouldBe(Enumerable.Range(1, 501).Select(v => (long)v));
        (await _database.ScalarAsync<int>($"select value from model.counter_values where id = '{id}'")).ShouldBe(500);
    }

    [Fact]
    public async Task A_refusal_is_never_told_from_a_stale_cache()
    {
        var id = Identifiers.Next();
        await _one.AppendAsync(id, new LimitSet(0));
        (await _one.CountAsync(id)).Refusal.ShouldBeOfType<LimitReached>();

        await _two.AppendAsync(id, new LimitSet(1));

        (await _one.CountAsync(id)).Value.ShouldBe(1);
    }

    [Fact]
    public async Task Two_hosts_that_start_one_stream_at_once_agree()
    {
        for (var round = 0; round < 20; round++)
        {
            var id = Identifiers.Next();
            var outcomes = await Task.WhenAll(StartAsync(_one, id), StartAsync(_two, id));
            outcomes.Select(o => o.Value).Order().ShouldBe([1, 2]);
        }

        static Task<Outcomes.Outcome<int>> StartAsync(StoreHost host, Guid id) => host.Store.DecideAsync(
            touches => touches.NewStream<Counter>(id),
            scope => scope.Stream<Counter>(id).Apply(counter => counter.Count(1)).Map(counter => counter.Value),
            new CallContext(),
            CancellationToken.None);
    }

    [Fact]
    public async Task Every_subscription_has_one_owner_and_another_host_takes_over()
    {
        string[] StatesOf() => [_one.Progress.All.Single(p => p.Name == "Test.CounterLog").State, _two.Progress.All.Single(p => p.Name == "Test.CounterLog").State];
        await Eventually.TrueAsync(() => StatesOf().Order().SequenceEqual(["elsewhere", "running"]));

        var id = Identifiers.Next();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(i => (i % 2 == 0 ? _one : _two).CountAsync(id)));
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log") == 100);

        var owner = _one.Progress.All.Single(p => p.Name == "Test.CounterLog").State == "running" ? _one : _two;
        var other = owner == _one ? _two : _one;
        await owner.DisposeAsync();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => other.CountAsync(id)));
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log") == 200);
        if (owner == _one)
        {
            _one = await _database.StartHostAsync();
        }
        else
        {
            _two = await _database.StartHostAsync();
        }
    }

    [Fact]
    public async Task A_token_of_one_host_is_waited_for_on_the_other()
    {
        for (var round = 0; round < 10; round++)
        {
            var context = new CallContext();
            await _one.CountAsync(Identifiers.Next(), 1, context);
            var before = await _database.ScalarAsync<long>("select count(*) from events.mt_events where type = 'counted'");

            (await _two.Progress.WaitAsync(["Test.CounterLog"], context.Written!.Value, TimeSpan.FromSeconds(5), CancellationToken.None)).ShouldBeTrue();
            (await _one.Progress.WaitAsync(["Test.CounterLog"], context.Written!.Value, TimeSpan.FromSeconds(5), CancellationToken.None)).ShouldBeTrue();

            (await _database.ScalarAsync<long>("select count(*) from model.counter_log")).ShouldBe(before);
        }
    }
}

/// <summary>The same on tables that keep archived streams apart.</summary>
public sealed class TwoHostsTestsOnPartitions : TwoHostsTests
{
    protected override bool IsPartitioned => true;
}
