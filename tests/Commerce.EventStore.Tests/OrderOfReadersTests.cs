using System.Collections.Concurrent;
using Npgsql;

namespace Commerce.EventStore.Tests;

/// <summary>Readers of the global order: each event once, in order, none skipped, whoever writes.</summary>
public sealed class OrderOfReadersTests : IAsyncLifetime
{
    private StoreDatabase _database = null!;
    private StoreHost _host = null!;

    public async Task InitializeAsync()
    {
        _database = await StoreDatabase.CreateAsync();
        _host = await _database.StartHostAsync(options => options.IdlePoll = TimeSpan.FromMilliseconds(50));
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_late_commit_is_not_skipped()
    {
        await using var slow = await _database.OpenAsync();
        await using var transaction = await slow.BeginTransactionAsync();
        var late = Identifiers.Next();
        await InsertAsync(slow, late);

        var quick = Identifiers.Next();
        await _host.CountAsync(quick);
        await Task.Delay(300);
        (await _database.ScalarAsync<long>("select count(*) from model.counter_log")).ShouldBe(0, "readers wait behind the open transaction");
        (await _host.Store.ReadAllAsync(EventPosition.Start, null, 100, CancellationToken.None)).Events.ShouldBeEmpty();

        await transaction.CommitAsync();
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log") == 2);
        (await _database.ScalarAsync<Guid>("select stream_id from model.counter_log order by place limit 1")).ShouldBe(late, "it began first");
    }

    [Fact]
    public async Task A_transaction_that_took_its_number_first_but_wrote_last_is_not_skipped()
    {
        await using var slow = await _database.OpenAsync();
        // As Marten does: sequence numbers are fetched before the transaction that uses them begins.
        var early = (long)(await new NpgsqlCommand("select nextval('events.mt_events_sequence')", slow).ExecuteScalarAsync())!;
        await _host.CountAsync(Identifiers.Next());
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log") == 1);

        var late = Identifiers.Next();
        await InsertAsync(slow, late, early);

        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log") == 2);
    }

    [Fact]
    public async Task A_rolled_back_transaction_leaves_a_hole_that_nobody_waits_for()
    {
        await using (var slow = await _database.OpenAsync())
        {
            await using var transaction = await slow.BeginTransactionAsync();
            await InsertAsync(slow, Identifiers.Next());
            await transaction.RollbackAsync();
        }

        var context = new CallContext();
        await _host.CountAsync(Identifiers.Next(), 1, context);
        (await _host.Progress.WaitAsync(["Test.CounterLog"], context.Written!.Value, TimeSpan.FromSeconds(5), CancellationToken.None)).ShouldBeTrue();
        (await _database.ScalarAsync<long>("select count(*) from model.counter_log")).ShouldBe(1);
    }

    [Fact]
    public async Task Under_many_writers_the_log_holds_each_event_once_and_streams_in_order()
    {
        await using var other = await _database.StartHostAsync();
        var ids = Enumerable.Range(0, 40).Select(_ => Identifiers.Next()).ToArray();
        var seen = new ConcurrentBag<Guid>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var reader = Task.Run(async () =>
        {
            var position = EventPosition.Start;
            while (seen.Count < 2000 && !patience.IsCancellationRequested)
            {
                var page = await _host.Store.ReadAllAsync(position, ["counted"], 37, CancellationToken.None);
                foreach (var e in page.Events)
                {
                    e.Position.ShouldBeGreaterThan(position);
                    position = e.Position;
                    seen.Add(e.Id);
                }

                position = page.Next;
            }
        });

        await Task.WhenAll(Enumerable.Range(0, 2000).Select(i => Task.Run(() => (i % 2 == 0 ? _host : other).CountAsync(ids[i % ids.Length]))));
        await reader;

        seen.Count.ShouldBe(2000);
        seen.Distinct().Count().ShouldBe(2000);
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log") == 2000);
        (await _database.ScalarAsync<long>(
            "select count(*) from (select version - lag(version, 1, 0::bigint) over (partition by stream_id order by place) as step from model.counter_log) s where step <> 1"))
            .ShouldBe(0, "each stream arrives in the order of its versions");
    }

    [Fact]
    public async Task Who_reads_what_is_committed_reads_each_event_once_whatever_holds_the_horizon_back()
    {
        await using var slow = await _database.OpenAsync();
        await using var transaction = await slow.BeginTransactionAsync();
        var late = Identifiers.Next();
        await InsertAsync(slow, late);
        var (quick, quicker) = (Identifiers.Next(), Identifiers.Next());
        await _host.CountAsync(quick);

        Task<CommittedPage> ReadAsync(CommittedMark? since) =>
            _host.Store.ReadCommittedAsync(EventPosition.Start, since, [], ["counted"], 100, CancellationToken.None);
        var first = await ReadAsync(null);
        first.Events.Select(e => e.StreamId).ShouldBe([quick]);
        first.Horizon.ShouldBeLessThanOrEqualTo(first.Events[0].Position.Transaction, "its place is not certain");
        first.Mark.Open.ShouldContain(first.Horizon);
        var second = await ReadAsync(first.Mark);
        second.Events.ShouldBeEmpty();
        await _host.CountAsync(quicker);
        var third = await ReadAsync(second.Mark);
        third.Events.Select(e => e.StreamId).ShouldBe([quicker]);
        await transaction.CommitAsync();
        (await ReadAsync(third.Mark)).Events.Select(e => e.StreamId).ShouldBe([late], "it stands before what was read");
        (await ReadAsync(null)).Events.Select(e => e.StreamId).ShouldBe([late, quick, quicker], "without a mark all is read");
    }

    [Fact]
    public async Task Marks_lose_nothing_under_many_writers()
    {
        const int Writes = 1000;
        var ids = Enumerable.Range(0, 40).Select(_ => Identifiers.Next()).ToArray();
        var seen = new List<Guid>();
        var reader = Task.Run(async () =>
        {
            var (position, mark, ahead) = (EventPosition.Start, (CommittedMark?)null, new HashSet<long>());
            for (var patience = DateTime.UtcNow.AddSeconds(30); seen.Count < Writes * 2 && DateTime.UtcNow < patience;)
            {
                var page = await _host.Store.ReadCommittedAsync(position, mark, [.. ahead], ["counted"], 1_200, CancellationToken.None);
                if (page.AtHead)
                {
                    seen.AddRange(page.Events.Select(e => e.Id));
                    mark = page.Mark;
                    ahead.Clear();
                    continue;
                }

                // The last transaction may go on behind a full page; none is larger than one.
                var whole = page.Events.Where(e => e.Position.Transaction != page.Events[^1].Position.Transaction).ToList();
                seen.AddRange(whole.Select(e => e.Id));
                ahead.UnionWith(whole.Select(e => e.Position.Transaction));
            }
        });
        var foreign = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            await using var connection = await _database.OpenAsync();
            for (var i = 0; i < Writes / 4; i++)
            {
                await using var transaction = await connection.BeginTransactionAsync();
                await InsertAsync(connection, Identifiers.Next());
                await Task.Delay(i % 5);
                await transaction.CommitAsync();
            }
        }));
        await Task.WhenAll([.. foreign, .. Enumerable.Range(0, Writes).Select(i => Task.Run(() => _host.CountAsync(ids[i % ids.Length])))]);
        await reader;

        seen.Count.ShouldBe(Writes * 2);
        seen.Distinct().Count().ShouldBe(Writes * 2);
    }

    [Fact]
    public async Task A_subscription_that_fails_says_so_and_goes_on_where_it_was()
    {
        _host.Log.FailOn = counted => counted.By == 13;
        var id = Identifiers.Next();
        await _host.CountAsync(id, 1);
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log") == 1);
        await _host.CountAsync(id, 13);
        await Eventually.TrueAsync(() => _host.Progress.All.Single(p => p.Name == "Test.CounterLog") is { State: "failed", Error: "told to fail" });

        _host.Log.FailOn = _ => false;
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log") == 2);
        await Eventually.TrueAsync(() => _host.Progress.All.Single(p => p.Name == "Test.CounterLog") is { State: "running", Error: null, Lag.Events: 0 });
    }

    [Fact]
    public async Task An_event_that_a_subscription_cannot_take_is_skipped_on_order_and_on_record()
    {
        _host.Log.FailOn = counted => counted.By == 13;
        var id = Identifiers.Next();
        await _host.AppendAsync(id, new Counted(1), new Counted(13), new Counted(2));
        await Eventually.TrueAsync(() => _host.Progress.All.Single(p => p.Name == "Test.CounterLog").State == "failed");
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from events.commerce_progression where failed_seq is not null") == 1);
        (await _database.ScalarAsync<long>("select count(*) from model.counter_log")).ShouldBe(1, "what came before the failure was taken");

        var skipped = await _host.Progress.SkipAsync("Test.CounterLog", "user:7", CancellationToken.None);

        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log") == 2);
        (await _database.ScalarAsync<string>($"select actor || ' ' || error from events.commerce_skips where seq = {skipped}")).ShouldBe("user:7 told to fail");
        (await _host.Progress.SkipAsync("Test.CounterLog", "user:7", CancellationToken.None)).ShouldBeNull();
        await _host.Progress.RebuildAsync("Test.CounterLog", CancellationToken.None);
        (await _database.ScalarAsync<long>("select count(*) from model.counter_log")).ShouldBe(2);
    }

    [Fact]
    public async Task A_paused_subscription_stands_still_until_it_is_resumed()
    {
        await _host.Progress.PauseAsync("Test.CounterLog", CancellationToken.None);
        await Eventually.TrueAsync(() => _host.Progress.All.Single(p => p.Name == "Test.CounterLog").State == "paused");
        var context = new CallContext();
        await _host.CountAsync(Identifiers.Next(), 1, context);
        (await _host.Progress.WaitAsync(["Test.CounterLog"], context.Written!.Value, TimeSpan.FromMilliseconds(200), CancellationToken.None)).ShouldBeFalse();

        await _host.Progress.ResumeAsync("Test.CounterLog", CancellationToken.None);

        (await _host.Progress.WaitAsync(["Test.CounterLog"], context.Written!.Value, TimeSpan.FromSeconds(5), CancellationToken.None)).ShouldBeTrue();
        await Should.ThrowAsync<KeyNotFoundException>(() => _host.Progress.PauseAsync("Test.Nothing", CancellationToken.None));
    }

    [Fact]
    public async Task Marten_sees_how_far_a_subscription_is()
    {
        await _host.CountAsync(Identifiers.Next());
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from events.mt_event_progression where name = 'Test.CounterLog:All' and last_seq_id = (select max(seq_id) from events.mt_events)") == 1);
    }

    [Fact]
    public async Task Rebuilding_under_load_ends_with_the_rows_of_a_fresh_replay()
    {
        var ids = Enumerable.Range(0, 10).Select(_ => Identifiers.Next()).ToArray();
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => _host.CountAsync(ids[i % 10])));
        await _database.ExecuteAsync("update model.counter_values set value = -1");
        await _database.ExecuteAsync("update model.counter_log set by_value = -1");

        using var stop = new CancellationTokenSource();
        var load = Task.Run(async () =>
        {
            var written = 500;
            while (!stop.IsCancellationRequested)
            {
                await _host.CountAsync(ids[written++ % 10]);
            }

            return written;
        });
        await _host.Progress.RebuildAsync("Test.CounterValues", CancellationToken.None);
        await _host.Progress.RebuildAsync("Test.CounterLog", CancellationToken.None);
        await stop.CancelAsync();
        var total = await load;

        (await _database.ScalarAsync<long>("select sum(value) from model.counter_values")).ShouldBe(total);
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log where by_value = 1") == total);
        (await _database.ScalarAsync<long>("select count(*) from model.counter_log")).ShouldBe(total);
        await Should.ThrowAsync<KeyNotFoundException>(() => _host.Progress.RebuildAsync("Test.Nothing", CancellationToken.None));
    }

    [Fact]
    public async Task After_a_restore_into_a_fresh_cluster_positions_go_on_growing()
    {
        await _host.CountAsync(Identifiers.Next());
        await _database.ExecuteAsync("update events.mt_events set commerce_tx = commerce_tx + 1000000000");
        await using var restored = await _database.StartHostAsync();

        var context = new CallContext();
        await restored.CountAsync(Identifiers.Next(), 1, context);

        context.Written!.Value.Transaction.ShouldBeGreaterThan(1_000_000_000);
        var page = default(EventPage)!;
        await Eventually.TrueAsync(async () => (page = await restored.Store.ReadAllAsync(EventPosition.Start, null, 10, CancellationToken.None)).Events.Count == 2);
        page.Events[1].Position.ShouldBe(context.Written.Value);
    }

    private static async Task InsertAsync(NpgsqlConnection connection, Guid id, long? sequence = null)
    {
        await using var command = new NpgsqlCommand(
            $$"""
            insert into events.mt_streams (id, type, version) values ('{{id}}', 'counter', 1);
            insert into events.mt_events (seq_id, id, stream_id, version, data, type)
            values ({{sequence?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "nextval('events.mt_events_sequence')"}}, gen_random_uuid(), '{{id}}', 1, '{"by":1}', 'counted');
            """,
            connection);
        await command.ExecuteNonQueryAsync();
    }
}
