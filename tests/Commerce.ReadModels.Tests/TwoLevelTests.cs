using Commerce.EventStore;
using Commerce.Testing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Commerce.ReadModels.Tests;

/// <summary>Hosts on a real event store, PostgreSQL and Redis.</summary>
public sealed class TwoLevelTests
{
    [Fact]
    public async Task A_writer_reads_its_own_write_however_many_others_read_meanwhile()
    {
        await using var database = await NotesHost.DatabaseAsync();
        var (redis, prefix) = await TestRedis.ShareAsync();
        await using var host = await NotesHost.StartAsync(database.ConnectionString, redis, prefix);
        var id = Identifiers.Next();
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                await host.ReadAsync(id);
                await Task.Yield();
            }
        })).ToArray();

        for (var i = 0; i < 150; i++)
        {
            await host.WriteAsync(id, $"text {i}");
            (await host.ReadAsync(id)).ShouldBe($"text {i}");
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
        (await host.ReadAsync(id)).ShouldBe("text 149");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Another_host_sees_a_write_within_the_bound_and_at_once_with_its_token(bool withRedis)
    {
        await using var database = await NotesHost.DatabaseAsync();
        var (redis, prefix) = await TestRedis.ShareAsync();
        await using var one = await NotesHost.StartAsync(database.ConnectionString, withRedis ? redis : null, prefix);
        await using var two = await NotesHost.StartAsync(database.ConnectionString, withRedis ? redis : null, prefix);
        await TailReadyAsync(one, two);
        var id = Identifiers.Next();
        (await two.ReadAsync(id)).ShouldBeNull();

        for (var i = 0; i < 10; i++)
        {
            var position = await one.WriteAsync(id, $"text {i}");
            (await two.ReadAsync(id, position)).ShouldBe($"text {i}");

            await one.WriteAsync(id, $"again {i}");
            await Eventually.TrueAsync(async () => await two.ReadAsync(id) == $"again {i}", seconds: 2);
        }
    }

    [Fact]
    public async Task Without_memory_redis_answers_and_is_passed_over_once_a_write_dropped_it()
    {
        await using var database = await NotesHost.DatabaseAsync();
        var (redis, prefix) = await TestRedis.ShareAsync();
        await using var one = await NotesHost.StartAsync(database.ConnectionString, redis, prefix, ("Cache:Memory", "false"));
        await using var two = await NotesHost.StartAsync(database.ConnectionString, redis, prefix, ("Cache:Memory", "false"));
        await TailReadyAsync(one, two);
        var id = Identifiers.Next();
        await one.WriteAsync(id, "first");
        await Eventually.TrueAsync(async () =>
        {
            await one.ReadAsync(id);
            var fills = two.Fills;
            return await two.ReadAsync(id) == "first" && two.Fills == fills;
        });

        // The writer's own tombstone goes before its next read on the same connection.
        await one.WriteAsync(id, "second");
        (await one.ReadAsync(id)).ShouldBe("second");
        var position = await one.WriteAsync(id, "third");
        (await two.ReadAsync(id, position)).ShouldBe("third");
    }

    [Fact]
    public async Task A_tag_that_a_fill_says_comes_back_from_redis()
    {
        await using var database = await NotesHost.DatabaseAsync();
        var (redis, prefix) = await TestRedis.ShareAsync();
        await using var one = await NotesHost.StartAsync(database.ConnectionString, redis, prefix);
        await using var two = await NotesHost.StartAsync(database.ConnectionString, redis, prefix);
        await TailReadyAsync(one, two);
        var fills = 0;
        await AskAsync(one);
        await Eventually.TrueAsync(async () => (await AskAsync(two)).ETag == "\"7-tag\"" && fills == 1);

        async Task<CacheEntry> AskAsync(NotesHost host) => (await host.Cache.GetOrFillAsync(
            "notes:tagged",
            new CallContext(),
            _ =>
            {
                fills++;
                return ValueTask.FromResult<CacheFill?>(new CacheFill("{}"u8.ToArray()) { ETag = "\"7-tag\"" });
            },
            new CachePolicy(TimeSpan.FromMinutes(1)),
            CancellationToken.None))!;
    }

    [Fact]
    public async Task A_body_of_a_subscription_in_redis_is_no_answer_for_a_caller_who_requires_more()
    {
        await using var database = await NotesHost.DatabaseAsync();
        var (redis, prefix) = await TestRedis.ShareAsync();
        await using var host = await NotesHost.StartAsync(database.ConnectionString, redis, prefix);
        await host.RedisReadyAsync();
        var fills = 0;
        var first = await host.WriteAsync(Identifiers.Next(), "first");
        await ListAsync(first, null);
        var second = await host.WriteAsync(Identifiers.Next(), "second");

        // Long before the entry's life ends, and without asking Redis again and again.
        (await ListAsync(second, second).WaitAsync(TimeSpan.FromSeconds(5))).At.ShouldBe(second);
        fills.ShouldBe(2);

        async Task<CacheEntry> ListAsync(EventPosition passed, EventPosition? required) => (await host.Cache.GetOrFillAsync(
            "notes:list",
            new CallContext { Required = required },
            _ =>
            {
                fills++;
                return ValueTask.FromResult<CacheFill?>(new CacheFill("[]"u8.ToArray(), passed));
            },
            new CachePolicy(TimeSpan.FromMinutes(1)),
            CancellationToken.None))!;
    }

    [Fact]
    public async Task A_fill_of_another_host_that_read_before_the_commit_does_not_get_into_redis()
    {
        await using var database = await NotesHost.DatabaseAsync();
        var (redis, prefix) = await TestRedis.ShareAsync();
        await using var slow = await NotesHost.StartAsync(database.ConnectionString, redis, prefix, ("Cache:Poll", "00:00:00.700"));
        await using var writer = await NotesHost.StartAsync(database.ConnectionString, redis, prefix, ("Cache:Memory", "false"));
        await slow.RedisReadyAsync();
        await TailReadyAsync(slow, writer);
        var id = Identifiers.Next();
        await writer.WriteAsync(id, "old");
        await Task.Delay(1000);
        var gate = new TaskCompletionSource();
        var early = slow.Cache.GetOrFillAsync(
            Note.KeyOf(id),
            new CallContext(),
            async token =>
            {
                var fill = await slow.FillAsync(id, token);
                await gate.Task;
                return fill;
            },
            new CachePolicy(TimeSpan.FromMinutes(5)),
            CancellationToken.None).AsTask();
        await Task.Delay(100);

        await writer.WriteAsync(id, "new");
        gate.SetResult();
        await early;

        for (var i = 0; i < 20; i++)
        {
            (await writer.ReadAsync(id)).ShouldBe("new");
            await Task.Delay(50);
        }

        await Eventually.TrueAsync(async () => await slow.ReadAsync(id) == "new", seconds: 3);
    }

    [Fact]
    public async Task A_second_host_is_served_from_redis_with_the_same_entity_tag()
    {
        await using var database = await NotesHost.DatabaseAsync();
        var (redis, prefix) = await TestRedis.ShareAsync();
        await using var one = await NotesHost.StartAsync(database.ConnectionString, redis, prefix, ("Cache:Memory", "false"));
        await using var two = await NotesHost.StartAsync(database.ConnectionString, redis, prefix);
        await one.RedisReadyAsync();
        await TailReadyAsync(one, two);
        var id = Identifiers.Next();
        await one.WriteAsync(id, "text");

        // Redis takes it once everything before it is settled.
        await Eventually.TrueAsync(async () =>
        {
            var before = one.Fills;
            await one.EntryAsync(id);
            return one.Fills == before;
        });
        var first = (await one.EntryAsync(id))!;
        var second = (await two.EntryAsync(id))!;

        second.ETag.ShouldBe(first.ETag);
        two.Fills.ShouldBe(0);
        (await two.EntryAsync(Identifiers.Next())).ShouldBeNull();
        (await two.HealthAsync("redis")).ShouldBe(HealthStatus.Healthy);
        (await two.HealthAsync("postgres")).ShouldBe(HealthStatus.Healthy);
        (await two.HealthAsync("cache")).ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task Redis_may_stop_be_emptied_and_come_back_and_no_answer_is_wrong_or_late()
    {
        await using var database = await NotesHost.DatabaseAsync();
        await using var redis = await TestRedis.StartAsync();
        await using var host = await NotesHost.StartAsync(database.ConnectionString, redis.ConnectionString, "shop", ("Cache:Memory", "false"));
        var id = Identifiers.Next();
        await WriteAndReadAsync(host, id, "before");

        await redis.StopAsync();
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 20; i++)
        {
            await WriteAndReadAsync(host, id, $"away {i}");
        }

        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(5));
        (await host.HealthAsync("redis")).ShouldBe(HealthStatus.Degraded);

        await redis.ResumeAsync();
        await host.RedisReadyAsync();
        (await host.ReadAsync(id)).ShouldBe("away 19");
        await WriteAndReadAsync(host, id, "back");
        await ServedByRedisAsync(host, id);
        (await host.HealthAsync("redis")).ShouldBe(HealthStatus.Healthy);

        await redis.FlushAsync();
        (await host.ReadAsync(id)).ShouldBe("back");
        await WriteAndReadAsync(host, id, "emptied");
        await ServedByRedisAsync(host, id);
    }

    [Fact]
    public async Task Without_a_redis_at_the_start_the_host_serves_and_takes_it_up_when_it_comes()
    {
        await using var database = await NotesHost.DatabaseAsync();
        await using var redis = await TestRedis.StartAsync();
        await redis.StopAsync();
        await using var host = await NotesHost.StartAsync(database.ConnectionString, null, "shop", ("ConnectionStrings:Redis", redis.ConnectionString), ("Cache:Memory", "false"));
        var id = Identifiers.Next();
        await WriteAndReadAsync(host, id, "first");

        await redis.ResumeAsync();

        await ServedByRedisAsync(host, id);
        (await host.ReadAsync(id)).ShouldBe("first");
    }

    [Fact]
    public async Task An_open_transaction_holds_back_the_order_but_not_the_dropping()
    {
        await using var database = await NotesHost.DatabaseAsync();
        await using var one = await NotesHost.StartAsync(database.ConnectionString);
        await using var two = await NotesHost.StartAsync(database.ConnectionString);
        await TailReadyAsync(one, two);
        var id = Identifiers.Next();
        await one.WriteAsync(id, "old");
        await Eventually.TrueAsync(async () => await two.ReadAsync(id) == "old");

        await using var other = new Npgsql.NpgsqlConnection(database.ConnectionString);
        await other.OpenAsync();
        await using var transaction = await other.BeginTransactionAsync();
        await using (var write = new Npgsql.NpgsqlCommand("select pg_current_xact_id()", other, transaction))
        {
            await write.ExecuteScalarAsync();
        }

        for (var i = 0; i < 3; i++)
        {
            await one.WriteAsync(id, $"new {i}");
            await Eventually.TrueAsync(async () => await two.ReadAsync(id) == $"new {i}", seconds: 2);
        }

        var fills = two.Fills;
        await Task.Delay(500);
        (await two.ReadAsync(id)).ShouldBe("new 2");
        (two.Fills - fills).ShouldBe(0, "what was dropped past the horizon is not dropped again and again");
        await transaction.RollbackAsync();
        await one.WriteAsync(id, "last");
        await Eventually.TrueAsync(async () => await two.ReadAsync(id) == "last", seconds: 2);
    }

    [Fact]
    public async Task A_call_on_a_connection_in_the_moment_of_breaking_ends_neither_the_call_nor_the_host()
    {
        await using var database = await NotesHost.DatabaseAsync();
        await using var redis = await TestRedis.StartAsync();
        await using var host = await NotesHost.StartAsync(database.ConnectionString, redis.ConnectionString, "shop", ("Cache:Memory", "false"));
        var id = Identifiers.Next();
        await WriteAndReadAsync(host, id, "before");

        // Broken again and again under calls: some meet their connection in the moment of breaking.
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                (await host.ReadAsync(id)).ShouldNotBeNull();
            }
        })).ToArray();
        for (var i = 0; i < 10; i++)
        {
            await redis.DisconnectClientsAsync();
            await WriteAndReadAsync(host, id, $"breaking {i}");
            await Task.Delay(30);
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
        await Eventually.TrueAsync(() => host.Redis.Usable);
        await ServedByRedisAsync(host, id);

        // What the driver throws on a connection that is taken apart is an InvalidOperationException, which no background service may let through.
        await host.Redis.Connection!.DisposeAsync();
        await Eventually.TrueAsync(() => !host.Redis.Usable);
        for (var i = 0; i < 10; i++)
        {
            await WriteAndReadAsync(host, id, $"broken {i}");
            await Task.Delay(30);
        }

        (await host.HealthAsync("redis")).ShouldBe(HealthStatus.Degraded);
        host.IsRunning.ShouldBeTrue("a background service that throws would have stopped the host");
    }

    [Fact]
    public async Task A_slow_or_full_redis_costs_no_answer()
    {
        await using var database = await NotesHost.DatabaseAsync();
        await using var redis = await TestRedis.StartAsync();
        await using var host = await NotesHost.StartAsync(database.ConnectionString, redis.ConnectionString, "shop", ("Cache:Memory", "false"));
        var id = Identifiers.Next();
        await WriteAndReadAsync(host, id, "before");
        await ServedByRedisAsync(host, id);

        await redis.PauseAsync(TimeSpan.FromSeconds(2));
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 10; i++)
        {
            await WriteAndReadAsync(host, id, $"slow {i}");
        }

        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(1.8), "nobody waits for it more than a few times");
        await Eventually.TrueAsync(async () => await host.HealthAsync("redis") == HealthStatus.Degraded);
        await Eventually.TrueAsync(() => host.Redis.Usable);
        await ServedByRedisAsync(host, id);

        await redis.LimitMemoryAsync(1);
        for (var i = 0; i < 10; i++)
        {
            await WriteAndReadAsync(host, id, $"full {i}");
        }

        await Eventually.TrueAsync(async () => await host.HealthAsync("redis") == HealthStatus.Degraded);
        await redis.LimitMemoryAsync(0);
        await Eventually.TrueAsync(() => host.Redis.Usable);
        (await host.ReadAsync(id)).ShouldBe("full 9");
        await ServedByRedisAsync(host, id);
    }

    [Fact]
    public async Task A_host_that_starts_before_its_schema_takes_up_the_log_once_it_is_there()
    {
        await using var server = await TestPostgres.StartServerAsync();
        await using var host = await NotesHost.StartAsync(server.ConnectionStringFor("postgres"));
        (await host.HealthAsync("postgres")).ShouldBe(HealthStatus.Unhealthy);
        await host.MigrateAsync();
        (await host.HealthAsync("postgres")).ShouldBe(HealthStatus.Healthy);
        await Eventually.TrueAsync(() => host.Cache.SettledAt > EventPosition.Start);
        var id = Identifiers.Next();
        await host.WriteAsync(id, "text");
        (await host.ReadAsync(id)).ShouldBe("text");
        (await host.HealthAsync("cache")).ShouldBe(HealthStatus.Healthy);
    }

    private static async Task WriteAndReadAsync(NotesHost host, Guid id, string text)
    {
        await host.WriteAsync(id, text);
        (await host.ReadAsync(id)).ShouldBe(text);
    }

    private static async Task ServedByRedisAsync(NotesHost host, Guid id) => await Eventually.TrueAsync(async () =>
    {
        var before = host.Fills;
        await host.ReadAsync(id);
        return host.Fills == before;
    });

    private static async Task TailReadyAsync(params NotesHost[] hosts)
    {
        foreach (var host in hosts)
        {
            await Eventually.TrueAsync(() => host.Cache.SettledAt > EventPosition.Start);
        }
    }
}
