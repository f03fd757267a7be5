using Commerce.EventStore.Verification;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.EventStore.Tests;

public sealed class VerificationTests : IAsyncLifetime
{
    private readonly Guid _id = Identifiers.Next();
    private StoreDatabase _database = null!;
    private StoreHost _host = null!;

    public async Task InitializeAsync()
    {
        _database = await StoreDatabase.CreateAsync();
        _host = await _database.StartHostAsync(services: collection => collection.AddTransient<ReplayRule, WithinLimit>());
        await _host.AppendAsync(_id, new LimitSet(100));
        for (var i = 0; i < 30; i++)
        {
            await _host.CountAsync(_id);
        }

        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log") == 30);
    }

    public async Task DisposeAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_sound_database_is_found_sound()
    {
        var report = await VerifyAsync();

        report.Violations.ShouldBeEmpty();
        report.Events.ShouldBe(31);
        report.Streams.ShouldBe(1);
        report.Projections.ShouldBe(2);
    }

    [Fact]
    public async Task An_event_that_breaks_a_rule_is_named_with_its_position()
    {
        await _database.ExecuteAsync($$"""update events.mt_events set data = '{"by":1000}' where stream_id = '{{_id}}' and version = 5""");

        var violation = (await VerifyAsync()).Violations.Single(v => v.Statement == "a counter stays within its limit");

        violation.StreamId.ShouldBe(_id);
        var events = await _host.Store.FetchStreamAsync(_id, null, null, CancellationToken.None);
        violation.Position.ShouldBe(events[4].Position);
    }

    [Fact]
    public async Task A_stream_that_was_put_aside_is_known_when_it_speaks_again()
    {
        // More streams than states are kept of: the first ones are long gone from memory when they speak for the third time.
        const int streams = 34_000;
        await _database.ExecuteAsync($$"""
            insert into events.mt_streams (id, type, version) select md5(n::text)::uuid, 'counter', case when n <= 200 then 3 else 2 end from generate_series(1, {{streams}}) as n;
            insert into events.mt_events (seq_id, id, stream_id, version, data, type)
            select nextval('events.mt_events_sequence'), gen_random_uuid(), md5(n::text)::uuid, v,
                   case v when 1 then '{"limit":2}' when 2 then '{"by":2}' else '{"by":0}' end::jsonb, case v when 1 then 'limit_set' else 'counted' end
              from generate_series(1, 3) as v, generate_series(1, {{streams}}) as n where v < 3 or n <= 200 order by v, n;
            """);
        (await _host.Verifier.VerifyAsync(null, false, CancellationToken.None)).Violations.ShouldBeEmpty();

        await _database.ExecuteAsync("""update events.mt_events set data = '{"by":1}' where stream_id = md5('150')::uuid and version = 3""");

        var violation = (await _host.Verifier.VerifyAsync(null, false, CancellationToken.None)).Violations.Single();
        violation.What.ShouldBe("3 of 2");
        violation.StreamId.ShouldBe(await _database.ScalarAsync<Guid>("select md5('150')::uuid"));
    }

    [Fact]
    public async Task A_lost_event_is_found()
    {
        await _database.ExecuteAsync($"delete from events.mt_events where stream_id = '{_id}' and version = 7");
        (await VerifyAsync()).Violations.ShouldContain(v => v.Statement.StartsWith("versions of a stream", StringComparison.Ordinal) && v.What == "version 8 follows 6");
    }

    [Fact]
    public async Task A_lost_last_event_is_found()
    {
        await _database.ExecuteAsync($"delete from events.mt_events where stream_id = '{_id}' and version = 31");
        (await VerifyAsync()).Violations.ShouldContain(v => v.Statement.StartsWith("a stream's row", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"by":"many"}""")]
    [InlineData("""{"by":2147483647}""")]
    public async Task An_event_that_cannot_be_read_or_folded_is_named_and_the_replay_goes_on(string body)
    {
        await _database.ExecuteAsync($"update events.mt_events set data = '{body}' where stream_id = '{_id}' and version = 5");

        var report = await VerifyAsync();

        report.Events.ShouldBe(31);
        report.Violations.ShouldContain(v => v.Statement == "every event can be read and folded into its stream" && v.StreamId == _id);
        report.Violations.ShouldContain(v => v.Statement == "Test.CounterValues equals a fresh replay");
    }

    [Fact]
    public async Task Progress_is_told_and_every_statement_named()
    {
        var steps = new List<VerificationStep>();
        var report = await _host.Verifier.VerifyAsync(new Steps(steps), CancellationToken.None);
        steps.Select(step => step.Doing).ShouldContain("read model Test.CounterLog");
        report.Statements.ShouldContain("a counter stays within its limit");
        report.Statements.ShouldContain("Test.CounterLog equals a fresh replay");
    }

    [Theory]
    [InlineData("update model.counter_values set value = value + 1", "Test.CounterValues equals a fresh replay")]
    [InlineData("delete from model.counter_log where version = 9", "Test.CounterLog equals a fresh replay")]
    [InlineData("insert into model.counter_log (event_id, stream_id, version, by_value) select gen_random_uuid(), stream_id, version, by_value from model.counter_log where version = 9", "Test.CounterLog equals a fresh replay")]
    public async Task A_read_model_that_differs_from_a_fresh_replay_is_found(string sabotage, string statement)
    {
        await _database.ExecuteAsync(sabotage);
        (await VerifyAsync()).Violations.ShouldHaveSingleItem().Statement.ShouldBe(statement);
    }

    private Task<VerificationReport> VerifyAsync() => _host.Verifier.VerifyAsync(null, CancellationToken.None);

    private sealed class Steps(List<VerificationStep> steps) : IProgress<VerificationStep>
    {
        public void Report(VerificationStep value) => steps.Add(value);
    }

    private sealed class WithinLimit : ReplayRule
    {
        public override string Statement => "a counter stays within its limit";

        public override string? After(RecordedEvent @event, object state) =>
            state is Counter counter && counter.Value > counter.Limit ? $"{counter.Value} of {counter.Limit}" : null;
    }
}
