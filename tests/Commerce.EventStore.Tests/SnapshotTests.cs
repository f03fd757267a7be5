using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.EventStore.Tests;

/// <summary>Long streams are read from their last snapshot on.</summary>
public sealed class SnapshotTests : IAsyncLifetime
{
    private const string Forge = "update events.mt_events set data = jsonb_set(data, '{by}', '1000') where version <= 20";

    private StoreDatabase _database = null!;

    public async Task InitializeAsync() => _database = await StoreDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_host_that_has_not_seen_a_stream_reads_only_what_came_after_its_snapshot()
    {
        var id = Identifiers.Next();
        await using (var first = await StartAsync(format: 1))
        {
            await CountAsync(first, id, 25);
        }

        (await _database.ScalarAsync<long>("select version from events.commerce_snapshots")).ShouldBe(20);
        // Who still reads the events up to there cannot miss this.
        await _database.ExecuteAsync(Forge);
        await using var second = await StartAsync(format: 1);
        (await second.CountAsync(id)).Value.ShouldBe(26);
        (await second.Store.LoadAsync<Counter>(id, null, null, CancellationToken.None)).State.Value.ShouldBe(20_006, "the past is read from the events alone");
    }

    [Fact]
    public async Task A_snapshot_in_another_format_is_passed_over_and_the_newer_format_stays()
    {
        var id = Identifiers.Next();
        await using (var first = await StartAsync(format: 1))
        {
            await CountAsync(first, id, 25);
        }

        await _database.ExecuteAsync(Forge);
        await using (var second = await StartAsync(format: 2))
        {
            (await second.CountAsync(id)).Value.ShouldBe(20_006, "it reads everything");
        }

        (await _database.ScalarAsync<string>("select format || ' at ' || version from events.commerce_snapshots")).ShouldBe("2 at 25", "what was read so far is kept");
        await using var former = await StartAsync(format: 1);
        await CountAsync(former, id, 10);
        (await _database.ScalarAsync<string>("select format || ' at ' || version from events.commerce_snapshots")).ShouldBe("2 at 25");
    }

    [Fact]
    public async Task A_stream_that_grew_without_snapshots_is_read_to_its_end_once()
    {
        var id = Identifiers.Next();
        await using (var plain = await _database.StartHostAsync())
        {
            await CountAsync(plain, id, 25);
        }

        (await _database.ScalarAsync<long>("select count(*) from events.commerce_snapshots")).ShouldBe(0);
        await using (var first = await StartAsync(format: 1))
        {
            (await first.CountAsync(id)).Value.ShouldBe(26);
        }

        await _database.ExecuteAsync(Forge);
        await using var second = await StartAsync(format: 1);
        (await second.CountAsync(id)).Value.ShouldBe(27);
    }

    [Fact]
    public async Task A_batch_that_the_database_refuses_leaves_no_snapshot()
    {
        var id = Identifiers.Next();
        await using var host = await StartAsync(format: 1);
        await CountAsync(host, id, 9);
        await _database.ExecuteAsync("alter table events.mt_events add constraint no_tenth check (version < 10)");
        await Should.ThrowAsync<Npgsql.PostgresException>(() => host.CountAsync(id));
        (await _database.ScalarAsync<long>("select count(*) from events.commerce_snapshots")).ShouldBe(0);
        await _database.ExecuteAsync("alter table events.mt_events drop constraint no_tenth");
        (await host.CountAsync(id)).Value.ShouldBe(10);
        (await _database.ScalarAsync<string>("select version || ': ' || (state ->> 'Value') from events.commerce_snapshots")).ShouldBe("10: 10");
    }

    [Fact]
    public async Task Verification_finds_a_snapshot_that_keeps_another_state()
    {
        var id = Identifiers.Next();
        await using var host = await StartAsync(format: 1);
        await CountAsync(host, id, 25);
        (await host.Verifier.VerifyAsync(null, readModels: false, CancellationToken.None)).Violations.ShouldBeEmpty();

        await _database.ExecuteAsync("update events.commerce_snapshots set state = jsonb_set(state, '{Value}', '21')");
        var violation = (await host.Verifier.VerifyAsync(null, readModels: false, CancellationToken.None)).Violations.ShouldHaveSingleItem();
        violation.Statement.ShouldBe("a snapshot is the state of its stream at its version");
        violation.StreamId.ShouldBe(id);
    }

    private static async Task CountAsync(StoreHost host, Guid id, int times)
    {
        for (var i = 0; i < times; i++)
        {
            (await host.CountAsync(id)).IsSuccess.ShouldBeTrue();
        }
    }

    private Task<StoreHost> StartAsync(int format) => _database.StartHostAsync(
        options => options.SnapshotEvery = 10,
        services: services => services.AddSingleton(new SnapshotType(
            typeof(Counter), format, state => JsonSerializer.SerializeToUtf8Bytes((Counter)state), utf8 => JsonSerializer.Deserialize<Counter>(utf8)!)));
}
