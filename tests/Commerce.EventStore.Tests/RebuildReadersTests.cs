using System.Collections.Concurrent;
using System.Data;
using System.Diagnostics;
using Npgsql;

namespace Commerce.EventStore.Tests;

/// <summary>Those who read a read model while it is rebuilt, swapped and written to notice nothing of it.</summary>
public sealed class RebuildReadersTests : IAsyncLifetime
{
    private const int Counters = 20;
    private const int Rebuilds = 4;

    private readonly Guid[] _ids = [.. Enumerable.Range(0, Counters).Select(_ => Identifiers.Next())];
    private StoreDatabase _database = null!;
    private StoreHost _host = null!;

    public async Task InitializeAsync()
    {
        _database = await StoreDatabase.CreateAsync();
        await _database.ExecuteAsync("create index counter_values_by_value on model.counter_values (value); create index counter_log_stream on model.counter_log (stream_id, version); alter table model.counter_values set (fillfactor = 70, toast_tuple_target = 4096); alter table model.counter_log set (fillfactor = 80)");
        _host = await _database.StartHostAsync(options => options.IdlePoll = TimeSpan.FromMilliseconds(50));
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => _host.CountAsync(_ids[i % Counters])));
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log") == 500);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Theory]
    [InlineData("Test.CounterValues", "select value from model.counter_values where id = $1", "select coalesce(sum(value), 0) from model.counter_values")]
    [InlineData("Test.CounterLog", "select max(version)::int from model.counter_log where stream_id = $1", "select count(*) from model.counter_log")]
    public async Task No_read_fails_or_sees_less_than_before_and_nothing_differs_afterwards(string name, string one, string all)
    {
        using var stop = new CancellationTokenSource();
        var faults = new ConcurrentQueue<string>();
        var reads = 0;
        var writers = Enumerable.Range(0, 3).Select(writer => Task.Run(async () =>
        {
            for (var i = writer; !stop.IsCancellationRequested; i++)
            {
                await _host.CountAsync(_ids[i % Counters]);
            }
        })).ToList();
        var readers = new List<Task>
        {
            // A statement that was prepared before the swap is run after it.
            ReadAsync(one, prepared: true, null, _ids[0]),
            ReadAsync(one, prepared: false, null, _ids[1]),
            ReadAsync(all, prepared: true, null, null),
            ReadAsync(all, prepared: false, null, null),
            // One picture for several statements: whoever wants that, holds the tables first.
            ReadAsync(all, prepared: false, IsolationLevel.RepeatableRead, null),
        };

        for (var i = 0; i < Rebuilds; i++)
        {
            await _host.Progress.RebuildAsync(name, CancellationToken.None);
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        await Task.WhenAll(readers);
        faults.ShouldBeEmpty();
        reads.ShouldBeGreaterThan(readers.Count * Rebuilds);
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<bool>("select (select count(*) from model.counter_log) = (select count(*) from events.mt_events)"));
        (await _host.Verifier.VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();
        (await _database.ScalarAsync<string>("select string_agg(indexname, ' ' order by indexname) from pg_indexes where schemaname = 'model'"))
            .ShouldBe("counter_log_pkey counter_log_stream counter_values_by_value counter_values_pkey", "indexes keep their names");
        (await _database.ScalarAsync<string>("select string_agg(array_to_string(reloptions, ' '), ' ' order by relname) from pg_class where relnamespace = 'model'::regnamespace and relkind = 'r'"))
            .ShouldBe("fillfactor=80 fillfactor=70 toast_tuple_target=4096", "tables keep what they were given");

        async Task ReadAsync(string sql, bool prepared, IsolationLevel? isolation, Guid? id)
        {
            await using var connection = await _database.OpenAsync();
            await using var command = new NpgsqlCommand(sql, connection);
            if (id is { } key)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = key });
            }

            if (prepared)
            {
                await command.PrepareAsync();
            }

            var before = 0L;
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    await using var transaction = isolation is { } level ? await connection.BeginTransactionAsync(level) : null;
                    if (transaction is not null)
                    {
                        await using var hold = new NpgsqlCommand("lock table model.counter_values, model.counter_log in access share mode", connection, transaction);
                        await hold.ExecuteNonQueryAsync();
                    }

                    var seen = Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
                    if (seen < before)
                    {
                        faults.Enqueue($"{sql}: {seen} after {before}");
                    }

                    before = seen;
                    Interlocked.Increment(ref reads);
                }
                catch (Exception fault)
                {
                    faults.Enqueue($"{sql}: {fault.Message}");
                    return;
                }
            }
        }
    }

    [Theory]
    [InlineData("Test.CounterValues", "model.counter_values")]
    [InlineData("Test.CounterLog", "model.counter_log")]
    public async Task A_long_read_holds_the_swap_back_and_nobody_else(string name, string table)
    {
        await using var slow = await _database.OpenAsync();
        var transaction = await slow.BeginTransactionAsync();
        await using (var read = new NpgsqlCommand($"select count(*) from {table}", slow, transaction))
        {
            await read.ExecuteScalarAsync();
        }

        var rebuild = _host.Progress.RebuildAsync(name, CancellationToken.None);
        await using var quick = await _database.OpenAsync();
        await using var command = new NpgsqlCommand($"select count(*) from {table}", quick);
        var longest = TimeSpan.Zero;
        for (var began = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(3);)
        {
            var asked = Stopwatch.GetTimestamp();
            await command.ExecuteScalarAsync();
            longest = Stopwatch.GetElapsedTime(asked) is var took && took > longest ? took : longest;
            await _host.CountAsync(_ids[0]).WaitAsync(TimeSpan.FromSeconds(2));
        }

        rebuild.IsCompleted.ShouldBeFalse("the long read still has the table");
        longest.ShouldBeLessThan(TimeSpan.FromSeconds(1.5), "a swap that must wait steps aside");
        await transaction.CommitAsync();
        await rebuild.WaitAsync(TimeSpan.FromSeconds(20));
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<bool>("select (select count(*) from model.counter_log) = (select count(*) from events.mt_events)"));
        (await _host.Verifier.VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Test.CounterValues", "counter_values")]
    [InlineData("Test.CounterLog", "counter_log")]
    public async Task A_swap_waits_while_the_database_cleans_the_copies_up(string name, string table)
    {
        await using var slow = await _database.OpenAsync();
        var reading = await slow.BeginTransactionAsync();
        await using (var read = new NpgsqlCommand($"select count(*) from model.{table}", slow, reading))
        {
            await read.ExecuteScalarAsync();
        }

        // Filled, and held back from the swap until the copies are held as well.
        var rebuild = _host.Progress.RebuildAsync(name, CancellationToken.None);
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<bool>("select exists (select 1 from pg_locks where mode = 'AccessExclusiveLock' and not granted)"));
        await using var cleaning = await _database.OpenAsync();
        var vacuum = await cleaning.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand($"lock table model_rebuild.{table} in share update exclusive mode", cleaning, vacuum))
        {
            await hold.ExecuteNonQueryAsync();
        }

        await reading.CommitAsync();
        await Task.Delay(TimeSpan.FromSeconds(2));
        rebuild.IsCompleted.ShouldBeFalse("something else is at the copies");
        await _host.CountAsync(_ids[0]).WaitAsync(TimeSpan.FromSeconds(2));
        await vacuum.CommitAsync();
        await rebuild.WaitAsync(TimeSpan.FromSeconds(20));
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<bool>("select (select count(*) from model.counter_log) = (select count(*) from events.mt_events)"));
        (await _host.Verifier.VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Streams_longer_than_a_page_and_parts_of_events_are_rebuilt_as_they_are()
    {
        var id = Identifiers.Next();
        await _database.ExecuteAsync($$"""
            insert into events.mt_streams (id, type, version) values ('{{id}}', 'counter', 40000);
            insert into events.mt_events (seq_id, id, stream_id, version, data, type)
            select nextval('events.mt_events_sequence'), gen_random_uuid(), '{{id}}', n, '{"by":1}', 'counted' from generate_series(1, 39999) as n;
            insert into events.mt_events (seq_id, id, stream_id, version, data, type)
            select nextval('events.mt_events_sequence'), gen_random_uuid(), '{{id}}', 40000, '{"name":"last","most":50000}', 'described';
            """);

        await _host.Progress.RebuildAsync("Test.CounterValues", CancellationToken.None);

        (await _database.ScalarAsync<int>($"select value from model.counter_values where id = '{id}'")).ShouldBe(39999);
        (await _database.ScalarAsync<long>($"select version from model.counter_values where id = '{id}'")).ShouldBe(40000);
        (await _database.ScalarAsync<long>("select count(*) from model.counter_values")).ShouldBe(Counters + 1);
    }
}
