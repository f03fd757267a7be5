using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Commerce.EventStore.Tests;

/// <summary>Subscriptions share one reading of the newest events.</summary>
public sealed class EventTailTests : IAsyncLifetime
{
    private StoreDatabase _database = null!;

    public async Task InitializeAsync() => _database = await StoreDatabase.CreateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_token_is_not_held_up_by_gathering()
    {
        await using var host = await _database.StartHostAsync(options => options.SubscriptionGather = TimeSpan.FromSeconds(20));
        for (var i = 0; i < 5; i++)
        {
            var context = new CallContext();
            await host.CountAsync(Identifiers.Next(), 1, context);
            (await host.Progress.WaitAsync(["Test.CounterLog"], context.Written!.Value, TimeSpan.FromSeconds(10), CancellationToken.None)).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Events_gather_into_pages_while_they_keep_coming()
    {
        await using var host = await _database.StartHostAsync(options => options.SubscriptionGather = TimeSpan.FromMilliseconds(200));
        var last = new CallContext();
        for (var i = 0; i < 100; i++)
        {
            last = new CallContext();
            await host.CountAsync(Identifiers.Next(), 1, last);
        }

        (await host.Progress.WaitAsync(["Test.CounterLog"], last.Written!.Value, TimeSpan.FromSeconds(10), CancellationToken.None)).ShouldBeTrue();
        (await _database.ScalarAsync<long>("select count(*) from model.counter_log")).ShouldBe(100);
        // Rows of one page carry one transaction.
        (await _database.ScalarAsync<long>("select count(distinct xmin::text) from model.counter_log")).ShouldBeLessThan(50);
    }

    [Fact]
    public async Task Who_falls_behind_what_the_tail_remembers_reads_for_itself_and_misses_nothing()
    {
        const int events = 6000;
        var second = new SecondLog();
        await using var host = await _database.StartHostAsync(services: services => services.AddSingleton<ISubscription>(second));
        await host.CountAsync(Identifiers.Next());
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log") == 1);
        await host.Progress.PauseAsync("Test.CounterLog", CancellationToken.None);
        await Eventually.TrueAsync(() => Task.FromResult(host.Progress.All.Single(p => p.Name == "Test.CounterLog").State == "paused"));

        await Task.WhenAll(Enumerable.Range(0, events).Select(_ => host.CountAsync(Identifiers.Next())));
        await Eventually.TrueAsync(() => Task.FromResult(second.Seen == events + 1));
        await host.Progress.ResumeAsync("Test.CounterLog", CancellationToken.None);

        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log") == events + 1);
        var context = new CallContext();
        await host.CountAsync(Identifiers.Next(), 1, context);
        (await host.Progress.WaitAsync(["Test.CounterLog", "Test.SecondLog"], context.Written!.Value, TimeSpan.FromSeconds(10), CancellationToken.None)).ShouldBeTrue();
        second.Seen.ShouldBe(events + 2);
        (await _database.ScalarAsync<long>("select count(*) from model.counter_log")).ShouldBe(events + 2);
    }

    [Fact]
    public async Task A_server_that_drops_every_connection_costs_no_event()
    {
        await using var host = await _database.StartHostAsync(options => options.IdlePoll = TimeSpan.FromMilliseconds(50));
        var counted = 0;
        for (var i = 0; i < 5; i++)
        {
            await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => host.CountAsync(Identifiers.Next())));
            counted += 40;
            await _database.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
        }

        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log") == counted);
    }

    [Fact]
    public async Task What_is_read_far_behind_without_bodies_still_says_what_happened_to_which_stream()
    {
        const int events = 5000;
        var streams = new SecondLog("Test.Streams", bodiless: true);
        await using var host = await _database.StartHostAsync(services: services => services.AddSingleton<ISubscription>(streams));
        await host.CountAsync(Identifiers.Next());
        await Eventually.TrueAsync(() => Task.FromResult(streams.Seen == 1));
        await host.Progress.PauseAsync("Test.Streams", CancellationToken.None);
        await Eventually.TrueAsync(() => Task.FromResult(host.Progress.All.Single(p => p.Name == "Test.Streams").State == "paused"));
        await Task.WhenAll(Enumerable.Range(0, events).Select(_ => host.CountAsync(Identifiers.Next())));
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log") == events + 1);

        await host.Progress.ResumeAsync("Test.Streams", CancellationToken.None);
        await Eventually.TrueAsync(() => Task.FromResult(streams.Seen == events + 1));
        streams.Streams.ShouldBe(events + 1);
        streams.Unread.ShouldBeGreaterThan(0, "the first of them were too far away to be read with the others");
    }

    [Fact]
    public async Task Own_events_are_taken_from_memory_and_those_of_others_are_fetched_all_in_one_order()
    {
        const int events = 300;
        var written = new WrittenHere();
        var read = new ReadBodies();
        await using var host = await _database.StartHostAsync(services: services => services.AddSingleton<ICommitListener>(written).AddSingleton<ISubscription>(read));
        await using var other = await _database.StartHostAsync(options => options.RunSubscriptions = false);
        await host.CountAsync(Identifiers.Next());
        await Eventually.TrueAsync(() => Task.FromResult(read.Events.Count == 1));

        await Task.WhenAll(Enumerable.Range(0, events).Select(async i =>
        {
            await host.CountAsync(Identifiers.Next(), 2 * i);
            await other.CountAsync(Identifiers.Next(), (2 * i) + 1);
        }));
        await Eventually.TrueAsync(() => Task.FromResult(read.Events.Count == (2 * events) + 1));

        var seen = read.Events.ToList();
        seen.Select(recorded => recorded.Position).ShouldBe(seen.Select(recorded => recorded.Position).Order());
        seen.Select(recorded => recorded.Id).Distinct().Count().ShouldBe(seen.Count);
        var own = seen.Where(recorded => written.Events.ContainsKey(recorded.Id)).ToList();
        own.Count.ShouldBe(events + 1);
        own.ShouldAllBe(recorded => ReferenceEquals(recorded, written.Events[recorded.Id]), "what was decided here needs no fetching");
        seen.Except(own).Select(recorded => ((Counted)recorded.Data).By).ShouldAllBe(by => by % 2 == 1);
        // As it was stored, to the letter.
        foreach (var recorded in own)
        {
            (await _database.ScalarAsync<long>($"select (data ->> 'by')::bigint from events.mt_events where id = '{recorded.Id}' and seq_id = {recorded.Position.Sequence} and commerce_tx = {recorded.Position.Transaction}"))
                .ShouldBe(((Counted)recorded.Data).By);
        }
    }

    /// <summary>Keeps what this process committed.</summary>
    private sealed class WrittenHere : ICommitListener
    {
        public System.Collections.Concurrent.ConcurrentDictionary<Guid, RecordedEvent> Events { get; } = [];

        public void Committed(IReadOnlyList<RecordedEvent> events)
        {
            foreach (var recorded in events)
            {
                Events[recorded.Id] = recorded;
            }
        }
    }

    /// <summary>Keeps what it is given, and owns no tables.</summary>
    private sealed class ReadBodies : ISubscription
    {
        public System.Collections.Concurrent.ConcurrentQueue<RecordedEvent> Events { get; } = [];

        public string Name => "Test.ReadBodies";

        public IReadOnlyCollection<Type> Handles => [typeof(Counted)];

        public string Role => "postgres";

        public IReadOnlyList<string> Tables => [];

        public Task HandleAsync(IReadOnlyList<Delivered> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
        {
            foreach (var delivered in page)
            {
                Events.Enqueue(delivered.Event);
            }

            return Task.CompletedTask;
        }
    }

    /// <summary>Counts what it is given, and owns no tables.</summary>
    private sealed class SecondLog(string name = "Test.SecondLog", bool bodiless = false) : ISubscription
    {
        private readonly HashSet<Guid> _streams = [];
        private int _seen;

        public int Seen => Volatile.Read(ref _seen);

        public int Streams => _streams.Count;

        /// <summary>Events whose bodies were left in the database.</summary>
        public int Unread { get; private set; }

        public string Name => name;

        public IReadOnlyCollection<Type> Handles => [typeof(Counted)];

        public IReadOnlyCollection<Type> Bodiless => bodiless ? [typeof(Counted)] : [];

        public string Role => "postgres";

        public IReadOnlyList<string> Tables => [];

        public Task HandleAsync(IReadOnlyList<Delivered> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
        {
            foreach (var delivered in page.Where(delivered => delivered.Kind == typeof(Counted)))
            {
                _streams.Add(delivered.Event.StreamId);
                Unread += bodiless && !HasBody(delivered) ? 1 : 0;
            }

            Interlocked.Add(ref _seen, page.Count);
            return Task.CompletedTask;
        }

        private static bool HasBody(Delivered delivered)
        {
            try
            {
                return delivered.Message is Counted;
            }
            catch (InvalidOperationException)
            {
                return false;
            }
        }
    }
}
