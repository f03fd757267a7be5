using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Commerce.EventStore.Tests;

public class AppendTests : IAsyncLifetime
{
    private StoreDatabase _database = null!;
    private StoreHost _host = null!;

    protected virtual bool IsPartitioned => false;

    public async Task InitializeAsync()
    {
        _database = await StoreDatabase.CreateAsync(IsPartitioned);
        _host = await _database.StartHostAsync();
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_stream_remembers_its_events_with_their_metadata()
    {
        var id = Identifiers.Next();
        var context = new CallContext { Actor = "user:7", CorrelationId = "trace-1", Reason = "for a test" };

        (await _host.CountAsync(id, 5, context)).Value.ShouldBe(5);

        var recorded = (await _host.Store.FetchStreamAsync(id, null, null, CancellationToken.None)).ShouldHaveSingleItem();
        recorded.Data.ShouldBe(new Counted(5));
        recorded.Name.ShouldBe("counted");
        recorded.Version.ShouldBe(1);
        recorded.Actor.ShouldBe("user:7");
        recorded.CorrelationId.ShouldBe("trace-1");
        recorded.CausationId.ShouldNotBeNullOrEmpty();
        recorded.Headers.ShouldBe("""{"reason": "for a test"}""");
        context.Written.ShouldBe(recorded.Position);
    }

    [Fact]
    public async Task Inline_rows_stand_when_the_caller_is_answered()
    {
        var id = Identifiers.Next();
        await _host.CountAsync(id, 2);
        await _host.CountAsync(id, 3);

        (await _database.ScalarAsync<int>($"select value from model.counter_values where id = '{id}'")).ShouldBe(5);
        (await _database.ScalarAsync<long>($"select version from events.mt_streams where id = '{id}'")).ShouldBe(2);
    }

    [Fact]
    public async Task Many_callers_of_one_stream_are_all_heard_and_each_told_its_own_outcome()
    {
        var id = Identifiers.Next();
        await _host.AppendAsync(id, new LimitSet(100));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 300).Select(_ => _host.CountAsync(id)));

        outcomes.Where(o => o.IsSuccess).Select(o => o.Value).Order().ShouldBe(Enumerable.Range(1, 100));
        outcomes.Count(o => o.Refusal is LimitReached).ShouldBe(200);
        (await _database.ScalarAsync<long>($"select count(*) from events.mt_events where stream_id = '{id}'")).ShouldBe(101);
    }

    [Fact]
    public async Task A_bulk_call_is_remembered_by_the_database_alone_and_goes_on_all_the_same()
    {
        var ids = Enumerable.Range(0, 20).Select(_ => Identifiers.Next()).ToList();
        await using var host = await _database.StartHostAsync();
        foreach (var expected in new[] { 1, 2, 3 })
        {
            var outcomes = await Task.WhenAll(ids.Select((id, number) => host.CountAsync(id, 1, new CallContext { IsBulk = number % 2 == 0 })));
            outcomes.Select(outcome => outcome.Value).ShouldAllBe(value => value == expected);
        }
    }

    [Fact]
    public async Task A_decision_over_several_streams_writes_all_or_nothing()
    {
        Guid a = Identifiers.Next(), b = Identifiers.Next();
        await _host.AppendAsync(b, new LimitSet(0));

        var outcome = await _host.Store.DecideAsync(
            touches => touches.Stream<Counter>(a).Stream<Counter>(b),
            scope => scope.Stream<Counter>(a).Apply(c => c.Count(1)).Then(_ => scope.Stream<Counter>(b).Apply(c => c.Count(1))),
            new CallContext(),
            CancellationToken.None);

        outcome.Refusal.ShouldBeOfType<LimitReached>();
        (await _host.Store.FetchStreamAsync(a, null, null, CancellationToken.None)).ShouldBeEmpty();
        (await _host.CountAsync(a)).Value.ShouldBe(1, "a refused decision leaves no trace in the cached state either");
    }

    [Fact]
    public async Task A_decision_that_throws_fails_its_own_caller_only()
    {
        var id = Identifiers.Next();
        var broken = _host.Store.DecideAsync<int>(
            touches => touches.Stream<Counter>(id), _ => throw new InvalidOperationException("a bug"), new CallContext(), CancellationToken.None);
        var sound = Enumerable.Range(0, 20).Select(_ => _host.CountAsync(id)).ToList();

        await Should.ThrowAsync<InvalidOperationException>(broken);
        (await Task.WhenAll(sound)).ShouldAllBe(outcome => outcome.IsSuccess);
    }

    [Fact]
    public async Task A_body_that_the_database_will_not_take_fails_its_own_caller_only()
    {
        var ids = Enumerable.Range(0, 20).Select(_ => Identifiers.Next()).ToList();
        var poison = _host.AppendAsync(ids[0], new Labelled("zero \0 character"));
        var sound = ids.Skip(1).Select(id => _host.CountAsync(id)).ToList();

        await Should.ThrowAsync<PostgresException>(poison);
        (await Task.WhenAll(sound)).ShouldAllBe(outcome => outcome.IsSuccess);
        (await _host.CountAsync(ids[0])).Value.ShouldBe(1);
    }

    [Fact]
    public async Task A_stream_that_was_not_named_cannot_be_used()
    {
        var outcome = _host.Store.DecideAsync<int>(
            _ => { }, scope => scope.Stream<Counter>(Identifiers.Next()).State.Value, new CallContext(), CancellationToken.None);

        (await Should.ThrowAsync<InvalidOperationException>(outcome)).Message.ShouldContain("did not name");
    }

    [Fact]
    public async Task Sessions_speak_in_the_terms_of_marten()
    {
        var id = Identifiers.Next();
        var session = _host.Session();
        session.StartStream<Counter>(id, new Counted(1), new Counted(2));
        (await session.SaveChangesAsync(CancellationToken.None)).IsSuccess.ShouldBeTrue();

        var stream = await session.FetchForWritingAsync<Counter>(id, CancellationToken.None);
        stream.CurrentVersion.ShouldBe(2);
        await _host.CountAsync(id, 10);
        stream.Append(new Counted(stream.Aggregate.Value));
        (await session.SaveChangesAsync(CancellationToken.None)).Refusal.ShouldBe(new StaleVersion(3));

        (await session.AggregateStreamAsync<Counter>(id))!.Value.ShouldBe(13);
        (await session.AggregateStreamAsync<Counter>(id, version: 1))!.Value.ShouldBe(1);
        (await session.AggregateStreamAsync<Counter>(Identifiers.Next())).ShouldBeNull();
        session.StartStream<Counter>(id, new Counted(1));
        (await session.SaveChangesAsync(CancellationToken.None)).Refusal.ShouldBe(new StaleVersion(3));
    }

    [Fact]
    public async Task The_past_is_told_by_time()
    {
        var id = Identifiers.Next();
        await _host.CountAsync(id, 1);
        var between = (await _host.Store.FetchStreamAsync(id, null, null, CancellationToken.None))[0].Timestamp;
        await Task.Delay(5);
        await _host.CountAsync(id, 1);

        (await _host.Session().AggregateStreamAsync<Counter>(id, timestamp: between))!.Value.ShouldBe(1);
        (await _host.Session().AggregateStreamAsync<Counter>(id, timestamp: between.AddTicks(-10))).ShouldBeNull();
    }

    [Fact]
    public async Task A_former_event_is_read_as_its_current_type()
    {
        var id = Identifiers.Next();
        await _database.ExecuteAsync($$"""
            insert into events.mt_streams (id, type, version) values ('{{id}}', 'counter', 1);
            insert into events.mt_events (seq_id, id, stream_id, version, data, type) values (nextval('events.mt_events_sequence'), gen_random_uuid(), '{{id}}', 1, '{"name":"old"}', 'labelled');
            """);

        (await _host.Session().AggregateStreamAsync<Counter>(id))!.Label.ShouldBe("old");
        (await _host.CountAsync(id)).Value.ShouldBe(1);
        (await _host.Session().AggregateStreamAsync<Counter>(id))!.Label.ShouldBe("old");
    }

    [Fact]
    public async Task An_archived_stream_takes_no_more_events()
    {
        var id = Identifiers.Next();
        await _host.CountAsync(id);
        await _host.Archive.ArchiveAsync([id], CancellationToken.None);

        (await _host.CountAsync(id)).Refusal.ShouldBeOfType<Execution.StreamArchived>();
    }

    [Fact]
    public async Task Too_many_waiting_decisions_are_refused_instead_of_kept()
    {
        await using var small = await _database.StartHostAsync(options => options.MaxQueued = 10);
        await using var blocker = await _database.OpenAsync();
        await using var transaction = await blocker.BeginTransactionAsync();
        await using (var block = new NpgsqlCommand("lock table events.mt_events in access exclusive mode", blocker))
        {
            await block.ExecuteNonQueryAsync();
        }

        var id = Identifiers.Next();
        var calls = Enumerable.Range(0, 200).Select(_ => small.CountAsync(id)).ToList();
        (await calls[^1]).Refusal.ShouldBeOfType<StoreOverloaded>();
        await transaction.RollbackAsync();

        var outcomes = await Task.WhenAll(calls);
        outcomes.Count(o => o.IsSuccess).ShouldBeGreaterThan(0);
        outcomes.Where(o => !o.IsSuccess).ShouldAllBe(o => o.Refusal is StoreOverloaded);
        (await small.Session().AggregateStreamAsync<Counter>(id))!.Value.ShouldBe(outcomes.Count(o => o.IsSuccess));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_is_believed_and_the_times_of_a_stream_stay_in_order()
    {
        var clock = new SteppingClock();
        await using var database = await StoreDatabase.CreateAsync(IsPartitioned);
        await using var host = await database.StartHostAsync(services: services => services.AddSingleton<TimeProvider>(clock));
        var (jumped, other) = (Identifiers.Next(), Identifiers.Next());
        clock.Step = TimeSpan.FromHours(5);
        await host.CountAsync(jumped);
        clock.Step = TimeSpan.Zero;
        var before = DateTimeOffset.UtcNow;

        var seen = await host.Store.DecideAsync(
            touches => touches.Stream<Counter>(jumped),
            scope => scope.Stream<Counter>(jumped).Apply(counter => counter.Count(1)).Map(_ => scope.Now),
            new CallContext(),
            CancellationToken.None);
        await host.CountAsync(other);

        seen.Value.ShouldBeInRange(before.AddSeconds(-1), before.AddMinutes(1));
        var times = (await host.Store.FetchStreamAsync(jumped, null, null, CancellationToken.None)).Select(e => e.Timestamp).ToArray();
        times.ShouldBe([times[0], times[0]], "the second is not before the first");
        (await host.Store.FetchStreamAsync(other, null, null, CancellationToken.None))[0].Timestamp.ShouldBeLessThan(before.AddMinutes(1));
    }

    private sealed class SteppingClock : TimeProvider
    {
        public TimeSpan Step { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Step;
    }
}

/// <summary>The same on tables that keep archived streams apart.</summary>
public sealed class AppendTestsOnPartitions : AppendTests
{
    protected override bool IsPartitioned => true;
}
