using Commerce.Outcomes;
using Npgsql;

namespace Commerce.EventStore.Tests;

/// <summary>
/// Decisions that were made while the batch before them was still being committed. The batch in front is held by a lock on its rows, so that the followers
/// are certain to be decided before its fate is known.
/// </summary>
public sealed class PipelineTests : IAsyncLifetime
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
    public async Task A_follower_is_decided_before_the_batch_in_front_stands_and_told_only_afterwards()
    {
        var id = Identifiers.Next();
        await _host.CountAsync(id);
        await using var held = await HoldAsync(id);

        var first = _host.CountAsync(id);
        await held.UntilSomebodyWaitsAsync();
        var decided = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var follower = DecideAsync(id, value => decided.TrySetResult(value));

        (await decided.Task.WaitAsync(TimeSpan.FromSeconds(10))).ShouldBe(2, "it sees what the first one staged");
        first.IsCompleted.ShouldBeFalse();
        follower.IsCompleted.ShouldBeFalse();
        await held.LetGoAsync();
        (await first).Value.ShouldBe(2);
        (await follower).Value.ShouldBe(3);
    }

    [Fact]
    public async Task A_few_of_a_crowd_do_not_wait_for_a_commit_that_takes_long()
    {
        var id = Identifiers.Next();
        await _host.CountAsync(id);
        await using var held = await HoldAsync(id);
        await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => _host.CountAsync(Identifiers.Next())));

        var stuck = _host.CountAsync(id);
        await held.UntilSomebodyWaitsAsync();

        (await _host.CountAsync(Identifiers.Next()).WaitAsync(TimeSpan.FromSeconds(10))).Value.ShouldBe(1);
        (await _host.CountAsync(Identifiers.Next()).WaitAsync(TimeSpan.FromSeconds(10))).Value.ShouldBe(1);
        stuck.IsCompleted.ShouldBeFalse();
        await held.LetGoAsync();
        (await stuck).Value.ShouldBe(2);
    }

    [Fact]
    public async Task When_the_batch_in_front_meets_a_conflict_its_followers_are_decided_again_on_what_is_true()
    {
        var id = Identifiers.Next();
        await _host.AppendAsync(id, new LimitSet(10));
        await using var held = await HoldAsync(id);

        var first = _host.CountAsync(id);
        await held.UntilSomebodyWaitsAsync();
        var seen = new System.Collections.Concurrent.ConcurrentQueue<int>();
        var followers = Enumerable.Range(0, 20).Select(_ => DecideAsync(id, seen.Enqueue)).ToList();
        await Eventually.TrueAsync(() => seen.Count >= 20);
        // Somebody else's event takes the version that the batch in front was decided on.
        await held.AppendAsync("limit_set", """{"limit":7}""");
        await held.LetGoAsync();

        var outcomes = await Task.WhenAll([first, .. followers]);
        outcomes[0].Value.ShouldBe(1, "nobody overtakes");
        outcomes.Where(o => o.IsSuccess).Select(o => o.Value).ShouldBe(Enumerable.Range(1, 7), "in the order of their arrival, up to the limit that stands");
        outcomes.Count(o => o.Refusal is LimitReached { Limit: 7 }).ShouldBe(14, "no refusal comes from the limit that was not true any more");
        (await VersionsAsync(id)).ShouldBe(Enumerable.Range(1, 9).Select(v => (long)v));
        (await _database.ScalarAsync<int>($"select value from model.counter_values where id = '{id}'")).ShouldBe(7);
    }

    [Fact]
    public async Task When_the_batch_in_front_loses_its_connection_nobody_is_lost_or_doubled()
    {
        var id = Identifiers.Next();
        await _host.CountAsync(id);
        await using var held = await HoldAsync(id);

        var first = _host.CountAsync(id);
        var backend = await held.UntilSomebodyWaitsAsync();
        var followers = Enumerable.Range(0, 20).Select(_ => _host.CountAsync(id)).ToList();
        await _database.ExecuteAsync($"select pg_terminate_backend({backend})");
        await held.LetGoAsync();

        (await Task.WhenAll([first, .. followers])).Select(o => o.Value).ShouldBe(Enumerable.Range(2, 21));
        (await VersionsAsync(id)).Count.ShouldBe(22);
    }

    [Fact]
    public async Task What_a_follower_throws_on_a_state_that_never_came_to_be_is_not_told()
    {
        var id = Identifiers.Next();
        await _host.CountAsync(id);
        await using var held = await HoldAsync(id);

        var first = _host.CountAsync(id);
        await held.UntilSomebodyWaitsAsync();
        var ran = 0;
        var follower = _host.Store.DecideAsync(
            touches => touches.Stream<Counter>(id),
            scope =>
            {
                Interlocked.Increment(ref ran);
                return scope.Stream<Counter>(id).State.Label is null
                    ? throw new InvalidOperationException("there is no label")
                    : (Outcome<int>)scope.Stream<Counter>(id).State.Value;
            },
            new CallContext(),
            CancellationToken.None);
        await Eventually.TrueAsync(() => Volatile.Read(ref ran) > 0);
        await held.AppendAsync("labelled_v2", """{"label":"there is one"}""");
        await held.LetGoAsync();

        (await first).Value.ShouldBe(2);
        (await follower).Value.ShouldBe(2);
        ran.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task When_the_database_will_not_take_the_batch_in_front_its_followers_are_unharmed()
    {
        var id = Identifiers.Next();
        await _host.CountAsync(id);
        await using var held = await HoldAsync(id);

        // The body of the first is refused when it is written, behind the lock.
        var first = _host.AppendAsync(id, new Counted(0), new Labelled("fine"));
        await held.UntilSomebodyWaitsAsync();
        var poison = _host.AppendAsync(id, new Labelled("zero \0 character"));
        var followers = Enumerable.Range(0, 10).Select(_ => _host.CountAsync(id)).ToList();
        await held.LetGoAsync();

        (await first).IsSuccess.ShouldBeTrue();
        await Should.ThrowAsync<PostgresException>(poison);
        (await Task.WhenAll(followers)).Select(o => o.Value).ShouldBe(Enumerable.Range(2, 10));
    }

    [Fact]
    public async Task Callers_who_leave_do_not_hold_up_the_others()
    {
        var id = Identifiers.Next();
        await _host.CountAsync(id);
        await using var held = await HoldAsync(id);

        var first = _host.CountAsync(id);
        await held.UntilSomebodyWaitsAsync();
        using var leave = new CancellationTokenSource();
        var leaving = Enumerable.Range(0, 10).Select(_ => _host.Session().DecideAsync<Counter, int>(
            id, (counter, _) => counter.Apply(c => c.Count(0)).Map(c => c.Value), leave.Token)).ToList();
        var staying = Enumerable.Range(0, 10).Select(_ => _host.CountAsync(id)).ToList();
        await leave.CancelAsync();
        await held.LetGoAsync();

        foreach (var left in leaving)
        {
            await Should.ThrowAsync<OperationCanceledException>(left);
        }

        (await first).Value.ShouldBe(2);
        (await Task.WhenAll(staying)).Select(o => o.Value).ShouldBe(Enumerable.Range(3, 10));
    }

    [Fact]
    public async Task A_repeat_of_a_key_under_way_waits_for_the_answer_that_will_stand()
    {
        var id = Identifiers.Next();
        await _host.CountAsync(id);
        await using var held = await HoldAsync(id);
        CallContext Keyed() => new()
        {
            Idempotency = new IdempotentCall("caller", "one key", "body"u8.ToArray())
            {
                Render = outcome => new RecordedResponse(200, "text/plain", null, System.Text.Encoding.UTF8.GetBytes($"{((Outcome<int>)outcome).Value}")),
            },
        };

        var (one, two) = (Keyed(), Keyed());
        var first = _host.CountAsync(id, 1, one);
        await held.UntilSomebodyWaitsAsync();
        var repeat = _host.CountAsync(id, 1, two);
        var other = _host.CountAsync(id);
        await held.AppendAsync("limit_set", """{"limit":100}""");
        await held.LetGoAsync();

        (await first).Value.ShouldBe(2);
        await repeat;
        two.Replayed.ShouldBeTrue();
        two.Recorded!.Body.ToArray().ShouldBe(one.Recorded!.Body.ToArray());
        (await other).Value.ShouldBe(3);
    }

    [Fact]
    public async Task Batches_of_other_streams_pass_one_that_is_held()
    {
        var id = Identifiers.Next();
        await _host.CountAsync(id);
        await using var held = await HoldAsync(id);
        var first = _host.CountAsync(id);
        await held.UntilSomebodyWaitsAsync();

        for (var i = 0; i < 5; i++)
        {
            (await _host.CountAsync(Identifiers.Next()).WaitAsync(TimeSpan.FromSeconds(10))).Value.ShouldBe(1);
        }

        first.IsCompleted.ShouldBeFalse();
        await held.LetGoAsync();
        (await first).Value.ShouldBe(2);
    }

    [Fact]
    public async Task Several_writers_leave_each_stream_in_one_order_without_gaps_and_positions_that_follow_it()
    {
        await using var other = await _database.StartHostAsync(options => options.Writers = 3);
        var ids = Enumerable.Range(0, 12).Select(_ => Identifiers.Next()).ToArray();
        // Pairs of streams, so that batches hang together in ever new ways; two hosts, so that some of them fail.
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 1500).Select(i => Task.Run(async () =>
        {
            var (from, to) = (ids[i % ids.Length], ids[(i * 7 + 1 + i / ids.Length) % ids.Length]);
            return await (i % 5 == 0 ? other : _host).Store.DecideAsync(
                touches => touches.Stream<Counter>(from).Stream<Counter>(to),
                scope => scope.Stream<Counter>(from).Apply(c => c.Count(-1)).Then(_ => scope.Stream<Counter>(to).Apply(c => c.Count(1))),
                new CallContext(),
                CancellationToken.None);
        })));

        outcomes.ShouldAllBe(o => o.IsSuccess);
        (await _database.ScalarAsync<long>("select coalesce(sum((data->>'by')::int), 0)::bigint from events.mt_events")).ShouldBe(0);
        (await _database.ScalarAsync<long>("select count(*) from events.mt_events")).ShouldBe(3000);
        (await _database.ScalarAsync<long>(
            "select count(*) from (select version - lag(version, 1, 0::bigint) over (partition by stream_id order by commerce_tx, seq_id) as step from events.mt_events) s where step <> 1"))
            .ShouldBe(0, "the global order keeps the order of every stream");
        (await _database.ScalarAsync<long>(
            "select count(*) from (select causation_id from events.mt_events group by causation_id having count(distinct commerce_tx) <> 1 or count(*) <> 2) s"))
            .ShouldBe(0, "a decision is whole, in one transaction");
        (await _database.ScalarAsync<long>(
            "select count(*) from events.mt_streams s join (select stream_id, sum((data->>'by')::int) as value from events.mt_events group by 1) e on e.stream_id = s.id join model.counter_values v on v.id = s.id where v.value <> e.value or v.version <> s.version"))
            .ShouldBe(0);
    }

    [Fact]
    public async Task More_streams_than_the_cache_holds_are_loaded_as_they_are_needed()
    {
        await using var small = await _database.StartHostAsync(options => (options.CachedStreams, options.MaxBatchSize) = (4, 8));
        var ids = Enumerable.Range(0, 60).Select(_ => Identifiers.Next()).ToArray();
        for (var round = 1; round <= 4; round++)
        {
            (await Task.WhenAll(ids.Select(id => small.CountAsync(id)))).ShouldAllBe(o => o.Value == round);
        }
    }

    private Task<Outcome<int>> DecideAsync(Guid id, Action<int> seen) => _host.Store.DecideAsync(
        touches => touches.Stream<Counter>(id),
        scope =>
        {
            seen(scope.Stream<Counter>(id).State.Value);
            return scope.Stream<Counter>(id).Apply(counter => counter.Count(1)).Map(counter => counter.Value);
        },
        new CallContext(),
        CancellationToken.None);

    private async Task<List<long>> VersionsAsync(Guid id) =>
        (await _host.Store.FetchStreamAsync(id, null, null, CancellationToken.None)).Select(e => e.Version).ToList();

    private async Task<HeldStream> HoldAsync(Guid id)
    {
        var connection = await _database.OpenAsync();
        var transaction = await connection.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand($"select 1 from events.mt_streams where id = '{id}' for update", connection);
        await hold.ExecuteNonQueryAsync();
        return new HeldStream(_database, connection, transaction, id);
    }

    /// <summary>A stream's row under a lock of somebody else.</summary>
    private sealed class HeldStream(StoreDatabase database, NpgsqlConnection connection, NpgsqlTransaction transaction, Guid id) : IAsyncDisposable
    {
        /// <summary>Waits until a writer stands at the lock.</summary>
        /// <returns>The process id of its backend.</returns>
        public async Task<int> UntilSomebodyWaitsAsync()
        {
            var waiting = 0;
            await Eventually.TrueAsync(async () =>
                (waiting = await database.ScalarAsync<int>($"select coalesce(max(pid), 0) from pg_stat_activity where {connection.ProcessID} = any (pg_blocking_pids(pid))")) > 0);
            return waiting;
        }

        public async Task AppendAsync(string name, string body)
        {
            await using var append = new NpgsqlCommand(
                $"""
                update events.mt_streams set version = version + 1 where id = '{id}';
                insert into events.mt_events (seq_id, id, stream_id, version, data, type)
                select nextval('events.mt_events_sequence'), gen_random_uuid(), id, version, '{body}', '{name}' from events.mt_streams where id = '{id}';
                """,
                connection);
            await append.ExecuteNonQueryAsync();
        }

        public Task LetGoAsync() => transaction.CommitAsync();

        public async ValueTask DisposeAsync()
        {
            await transaction.DisposeAsync();
            await connection.DisposeAsync();
        }
    }
}
