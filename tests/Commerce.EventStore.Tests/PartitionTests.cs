using Commerce.EventStore.Partitioning;
using Npgsql;

namespace Commerce.EventStore.Tests;

/// <summary>The conversion of tables with a past into ones that keep archived streams apart.</summary>
public sealed class PartitionTests : IAsyncLifetime
{
    private StoreDatabase _database = null!;

    public async Task InitializeAsync() => _database = await StoreDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_past_is_carried_over_once_and_the_store_goes_on()
    {
        Guid present = Identifiers.Next(), past = Identifiers.Next();
        IReadOnlyList<RecordedEvent> before;
        await using (var host = await _database.StartHostAsync())
        {
            await host.CountAsync(present, 1);
            await host.CountAsync(past, 2);
            await host.CountAsync(present, 3);
            await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log") == 3);
            await host.Archive.ArchiveAsync([past], CancellationToken.None);
            before = (await host.Store.ReadAllAsync(EventPosition.Start, null, 100, CancellationToken.None)).Events;
        }

        (await PartitionAsync()).ShouldBeTrue();
        (await PartitionAsync()).ShouldBeFalse("a second run changes nothing");

        (await _database.ScalarAsync<long>("select count(*) from events.mt_events_archived")).ShouldBe(1);
        (await _database.ScalarAsync<long>("select count(*) from events.mt_events_default")).ShouldBe(2);
        await using var again = await _database.StartHostAsync();
        var after = (await again.Store.ReadAllAsync(EventPosition.Start, null, 100, CancellationToken.None)).Events;
        after.Select(e => (e.Position, e.Id, e.Version)).ShouldBe(before.Select(e => (e.Position, e.Id, e.Version)));
        (await again.CountAsync(present, 10)).Value.ShouldBe(14);
        (await again.CountAsync(past)).Refusal.ShouldBeOfType<Execution.StreamArchived>();
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log") == 4);
        (await again.Verifier.VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("mt_streams", "CREATE UNIQUE INDEX pkey_mt_streams_id_is_archived ON ONLY events.mt_streams USING btree (id, is_archived)")]
    [InlineData("mt_events", "CREATE UNIQUE INDEX pkey_mt_events_seq_id_is_archived ON ONLY events.mt_events USING btree (seq_id, is_archived)")]
    [InlineData("mt_events", "CREATE UNIQUE INDEX pk_mt_events_stream_and_version ON ONLY events.mt_events USING btree (stream_id, version, is_archived)")]
    [InlineData("mt_events", "CREATE INDEX commerce_events_order ON ONLY events.mt_events USING btree (commerce_tx, seq_id)")]
    public async Task Keys_and_indexes_have_the_names_and_columns_that_marten_gives_them(string table, string index)
    {
        await PartitionAsync();

        (await _database.ScalarAsync<string[]>($"select array_agg(indexdef) from pg_indexes where schemaname = 'events' and tablename = '{table}'")).ShouldContain(index);
        (await _database.ScalarAsync<string>("select pg_get_constraintdef(oid) from pg_constraint where conname = 'fkey_mt_events_stream_id_is_archived' and conrelid = 'events.mt_events'::regclass"))
            .ShouldBe("FOREIGN KEY (stream_id, is_archived) REFERENCES events.mt_streams(id, is_archived) ON DELETE CASCADE");
        (await _database.ScalarAsync<string>($"select pg_get_partkeydef('events.{table}'::regclass)")).ShouldBe("LIST (is_archived)");
        (await _database.ScalarAsync<string>($"select string_agg(c.relname || ' ' || pg_get_expr(c.relpartbound, c.oid), ', ' order by c.relname) from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'events.{table}'::regclass"))
            .ShouldBe($"{table}_archived FOR VALUES IN (true), {table}_default DEFAULT");
    }

    [Fact]
    public async Task Rights_and_owner_stay()
    {
        // As a shop's migration leaves it: everything belongs to the store's role, and the administrator converts it.
        await _database.ExecuteAsync("""
            grant all on schema events to commerce_events;
            alter table events.mt_streams owner to commerce_events;
            alter table events.mt_events owner to commerce_events;
            create role commerce_reader;
            grant select on events.mt_events to commerce_reader;
            """);

        await PartitionAsync();

        (await _database.ScalarAsync<bool>("select has_table_privilege('commerce_reader', 'events.mt_events_archived', 'select')")).ShouldBeTrue();
        (await _database.ScalarAsync<long>(
            "select count(*) from pg_class where relnamespace = 'events'::regnamespace and (relname like 'mt_streams%' or relname like 'mt_events%') and relowner <> 'commerce_events'::regrole and relkind in ('r', 'p', 'S')"))
            .ShouldBe(0);
        (await _database.ScalarAsync<string>("select pg_get_serial_sequence('events.mt_events', 'seq_id')")).ShouldBe("events.mt_events_sequence");
        await _database.ExecuteAsync("drop owned by commerce_reader; drop role commerce_reader");
    }

    [Fact]
    public async Task Tables_that_somebody_works_on_are_left_alone()
    {
        await using var busy = await _database.OpenAsync();
        await using var transaction = await busy.BeginTransactionAsync();
        await using var write = new NpgsqlCommand("insert into events.mt_streams (id, version) values (gen_random_uuid(), 0)", busy);
        await write.ExecuteNonQueryAsync();

        (await Should.ThrowAsync<PostgresException>(PartitionAsync(quick: true))).SqlState.ShouldBe(PostgresErrorCodes.LockNotAvailable);
        await transaction.RollbackAsync();
        (await PartitionAsync()).ShouldBeTrue();
    }

    private async Task<bool> PartitionAsync(bool quick = false)
    {
        await using var connection = await _database.OpenAsync();
        return await EventTablePartitions.PartitionAsync(connection, quick ? TimeSpan.FromMilliseconds(50) : TimeSpan.FromSeconds(10), CancellationToken.None);
    }
}
