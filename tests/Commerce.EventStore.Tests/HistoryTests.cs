using System.Text.Json.Nodes;
using Commerce.EventStore.History;

namespace Commerce.EventStore.Tests;

/// <summary>What was written once stays readable: former shapes, past states, archived streams, streams as files.</summary>
public class HistoryTests : IAsyncLifetime
{
    private readonly Guid _id = Identifiers.Next();
    private StoreDatabase _database = null!;
    private StoreHost _host = null!;

    protected virtual bool IsPartitioned => false;

    public async Task InitializeAsync()
    {
        _database = await StoreDatabase.CreateAsync(IsPartitioned);
        _host = await _database.StartHostAsync(options => options.IdlePoll = TimeSpan.FromMilliseconds(50));
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task The_past_of_any_aggregate_is_one_call_by_version_by_time_or_both()
    {
        await _host.CountAsync(_id, 1);
        await _host.CountAsync(_id, 10);
        await _host.CountAsync(_id, 100);
        // Hours apart, so that a time between two events can be named.
        await _database.ExecuteAsync($"update events.mt_events set timestamp = '2026-03-01T00:00:00Z'::timestamptz + version * interval '1 hour' where stream_id = '{_id}'");
        var session = _host.Session();
        DateTimeOffset At(double hour) => new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero).AddHours(hour);

        (await session.AggregateStreamAsync<Counter>(_id))!.Value.ShouldBe(111);
        (await session.AggregateStreamAsync<Counter>(_id, version: 2))!.Value.ShouldBe(11);
        (await session.AggregateStreamAsync<Counter>(_id, version: 99))!.Value.ShouldBe(111);
        (await session.AggregateStreamAsync<Counter>(_id, timestamp: At(1)))!.Value.ShouldBe(1, "at its very moment an event has happened");
        (await session.AggregateStreamAsync<Counter>(_id, timestamp: At(2.5).ToOffset(TimeSpan.FromHours(9))))!.Value.ShouldBe(11, "a moment is one, however it is written");
        (await session.AggregateStreamAsync<Counter>(_id, version: 1, timestamp: At(2.5)))!.Value.ShouldBe(1);
        (await session.AggregateStreamAsync<Counter>(_id, timestamp: At(0.5))).ShouldBeNull();
        (await session.AggregateStreamAsync<Counter>(Identifiers.Next())).ShouldBeNull();
    }

    [Fact]
    public async Task An_event_that_said_too_much_is_read_as_the_events_that_say_it_now()
    {
        await StoreAsync(1, "described", """{"name":"old","most":5}""");

        var state = (await _host.Session().AggregateStreamAsync<Counter>(_id))!;
        (state.Label, state.Limit).ShouldBe(("old", 5));
        var events = await _host.Session().FetchStreamAsync(_id);
        events.Select(e => e.Data).ShouldBe([new Labelled("old"), new LimitSet(5)]);
        events.ShouldAllBe(e => e.Version == 1 && e.Name == "described" && e.Position == events[0].Position);
    }

    [Fact]
    public async Task A_decision_goes_on_from_a_split_event()
    {
        await StoreAsync(1, "described", """{"name":"old","most":5}""");

        (await _host.CountAsync(_id, 6)).Refusal.ShouldBeOfType<LimitReached>();
        (await _host.CountAsync(_id, 5)).Value.ShouldBe(5);
        (await _host.Session().FetchStreamAsync(_id))[^1].Version.ShouldBe(2);
    }

    [Fact]
    public async Task An_event_that_meant_one_of_two_is_read_as_that_one()
    {
        await StoreAsync(1, "moved", """{"by":3}""");
        await StoreAsync(2, "moved", """{"limit":4}""");

        (await _host.Session().AggregateStreamAsync<Counter>(_id)).ShouldBe(new Counter(3, 4, null));
    }

    [Fact]
    public async Task A_subscription_hears_its_part_of_a_former_event()
    {
        await StoreAsync(1, "described", """{"name":"old","most":50}""");
        await StoreAsync(2, "moved", """{"by":7}""");

        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log where by_value = 7") == 1);
    }

    [Fact]
    public async Task Read_models_are_rebuilt_and_verified_from_former_events()
    {
        await StoreAsync(1, "described", """{"name":"old","most":50}""");
        await StoreAsync(2, "moved", """{"by":7}""");
        await _host.Progress.RebuildAsync("Test.CounterValues", CancellationToken.None);
        (await _database.ScalarAsync<int>($"select value from model.counter_values where id = '{_id}'")).ShouldBe(7);
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log") == 1);

        var report = await _host.Verifier.VerifyAsync(null, CancellationToken.None);

        report.Violations.ShouldBeEmpty();
        report.Events.ShouldBe(2);
    }

    [Theory]
    [InlineData("labelled", "nowhere")]
    [InlineData("counted", "labelled_v2")]
    public void A_former_name_that_ends_nowhere_or_is_taken_is_found_at_the_start(string former, string current)
    {
        EventType[] events = [new("counted", typeof(Counted), typeof(Counter), CounterJson.Default.Counted), new("labelled_v2", typeof(Labelled), typeof(Counter), CounterJson.Default.Labelled)];
        AggregateType[] aggregates = [new(typeof(Counter), "counter", Counter.Initial, (state, _) => state)];

        Should.Throw<InvalidOperationException>(() => new EventTypes(events, [new Upcaster(former, current, body => body)], [], aggregates)).Message.ShouldContain(former);
        Should.Throw<InvalidOperationException>(() => new EventTypes(events, [], [new Splitter(former, [current], body => [(current, body)])], aggregates)).Message.ShouldContain(former);
    }

    [Fact]
    public void A_splitter_that_gives_a_part_it_does_not_list_is_refused()
    {
        EventType[] events = [new("counted", typeof(Counted), typeof(Counter), CounterJson.Default.Counted)];
        var types = new EventTypes(events, [], [new Splitter("moved", ["counted"], body => body.ContainsKey("none") ? [] : [("other", body)])], [new AggregateType(typeof(Counter), "counter", Counter.Initial, (state, _) => state)]);

        Should.Throw<InvalidOperationException>(() => types.Deserialize("moved", "{}"u8));
        Should.Throw<InvalidOperationException>(() => types.Deserialize("moved", """{"none":1}"""u8));
    }

    [Fact]
    public async Task A_stream_becomes_a_file_and_the_file_the_same_state_former_events_and_all()
    {
        await StoreAsync(1, "described", """{"name":"old","most":500}""");
        await StoreAsync(2, "labelled", """{"name":"older","passwordHash":"secret","shown":{"keyHash":"secret","kept":[{"aHash":"secret"}]}}""");
        await _host.CountAsync(_id, 42);

        var file = (await _host.Archive.ExportAsync(_id, null, null, CancellationToken.None))!.ToString();

        file.ShouldNotContain("secret");
        file.ShouldContain("\"described\"", customMessage: "stored names, so that what reads them later upcasts them");
        var fixture = StreamFixture.Parse(file);
        (fixture.StreamType, fixture.StreamId).ShouldBe(("counter", _id));
        fixture.Fold<Counter>(_host.Store.Types).ShouldBe((new Counter(42, 500, "older"), 3));
        fixture.Bodies(_host.Store.Types).ShouldBe([new Labelled("old"), new LimitSet(500), new Labelled("older"), new Counted(42)]);
    }

    [Fact]
    public async Task A_stream_can_be_taken_as_it_was()
    {
        await _host.CountAsync(_id, 1);
        await _host.CountAsync(_id, 10);

        (await _host.Archive.ExportAsync(_id, 1, null, CancellationToken.None))!.Events.Count.ShouldBe(1);
        (await _host.Archive.ExportAsync(_id, null, DateTimeOffset.UnixEpoch, CancellationToken.None)).ShouldBeNull();
        (await _host.Archive.ExportAsync(Identifiers.Next(), null, null, CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task An_archived_stream_is_read_as_before_and_takes_nothing_more_on_any_host()
    {
        await using var other = await _database.StartHostAsync();
        await _host.CountAsync(_id, 5);
        await other.CountAsync(_id, 6);
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log") == 2);
        var before = await _host.Store.ReadAllAsync(EventPosition.Start, null, 100, CancellationToken.None);

        (await _host.Archive.ArchiveAsync([_id, Identifiers.Next()], CancellationToken.None)).ShouldBe(1);
        (await _host.Archive.ArchiveAsync([_id], CancellationToken.None)).ShouldBe(0);

        (await _host.CountAsync(_id)).Refusal.ShouldBeOfType<Execution.StreamArchived>();
        (await other.CountAsync(_id)).Refusal.ShouldBeOfType<Execution.StreamArchived>("its cached state says otherwise, the commit does not");
        (await _host.Session().AggregateStreamAsync<Counter>(_id))!.Value.ShouldBe(11);
        var after = await _host.Store.ReadAllAsync(EventPosition.Start, null, 100, CancellationToken.None);
        after.Events.Select(e => (e.Position, e.Id)).ShouldBe(before.Events.Select(e => (e.Position, e.Id)));
        (await _database.ScalarAsync<long>("select count(*) from events.mt_events where is_archived")).ShouldBe(2);
        (await _host.Verifier.VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_archived_id_cannot_begin_anew()
    {
        await using var other = await _database.StartHostAsync();
        // The other host believes that there is no such stream.
        (await other.Store.DecideAsync<int>(touches => touches.Stream<Counter>(_id), scope => scope.Stream<Counter>(_id).State.Value, new CallContext(), CancellationToken.None)).Value.ShouldBe(0);
        await _host.CountAsync(_id);
        await _host.Archive.ArchiveAsync([_id], CancellationToken.None);

        (await other.CountAsync(_id)).Refusal.ShouldBeOfType<Execution.StreamArchived>();
        (await _host.Store.DecideAsync(
            touches => touches.NewStream<Counter>(_id), scope => scope.Stream<Counter>(_id).Apply(c => c.Count(1)).Map(c => c.Value), new CallContext(), CancellationToken.None))
            .Refusal.ShouldBeOfType<Execution.StreamArchived>();
        (await _database.ScalarAsync<long>($"select count(*) from events.mt_streams where id = '{_id}'")).ShouldBe(1);
    }

    private async Task StoreAsync(int version, string name, string body)
    {
        JsonNode.Parse(body).ShouldNotBeNull();
        await _database.ExecuteAsync($$"""
            insert into events.mt_streams (id, type, version) select '{{_id}}', 'counter', 0 where {{version}} = 1;
            update events.mt_streams set version = {{version}} where id = '{{_id}}';
            insert into events.mt_events (seq_id, id, stream_id, version, data, type)
            values (nextval('events.mt_events_sequence'), gen_random_uuid(), '{{_id}}', {{version}}, '{{body}}', '{{name}}');
            """);
    }
}

/// <summary>The same on tables that keep archived streams apart.</summary>
public sealed class HistoryTestsOnPartitions : HistoryTests
{
    protected override bool IsPartitioned => true;
}
