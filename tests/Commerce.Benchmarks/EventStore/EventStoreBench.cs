using System.Diagnostics.Metrics;
using System.Text.Json.Serialization;
using Commerce.Benchmarks.Harness;
using Commerce.EventStore;
using Commerce.ReadModels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Spectre.Console;

namespace Commerce.Benchmarks.EventStore;

public sealed record Noted(string Text);

public sealed record Notes(long Count) : IAggregate<Notes>
{
    public static string StreamType => "notes";

    public static Notes Initial { get; } = new(0);

    public Notes Evolve(object @event) => new(Count + 1);
}

[JsonSerializable(typeof(Noted))]
public sealed partial class NotesJson : JsonSerializerContext;

/// <summary><c>append</c>: new streams of 3 events of 400 bytes. <c>hot</c>: one stream that everybody appends to.</summary>
public static class EventStoreBench
{
    private const int Callers = 64;
    private static readonly string Body = new('x', 386);

    public static async Task<int> RunAsync(BenchOptions options)
    {
        await using var database = await BenchDatabase.StartAsync(options.Root);
        var postmaster = await database.ProcessIdAsync();
        await using var provider = Services(database.ConnectionString);
        await provider.GetRequiredService<IDatabaseMigrator>().MigrateAsync(CancellationToken.None);
        var store = provider.GetRequiredService<IEventStore>();
        await using var plain = new PlainStore(database.ConnectionString, Callers, Body);

        IReadOnlyDictionary<string, double> Processes() => new Dictionary<string, double>
        {
            ["client"] = System.Diagnostics.Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds,
            ["postgres"] = Cpu.SecondsOf(postmaster),
        };
        Task<Round> Measure(Func<int, long, Task<bool>> operation) => Load.RunAsync(Callers, options.Duration, operation, Processes);

        var events = Enumerable.Range(0, 3).Select(_ => (object)new Noted(Body)).ToArray();
        async Task<bool> AppendAsync(int caller, long number)
        {
            var id = Identifiers.Next();
            return (await store.DecideAsync(
                touches => touches.NewStream<Notes>(id),
                scope => scope.Stream<Notes>(id).Apply(Decision.Of(events)).Map(notes => notes.Count),
                new CallContext(),
                CancellationToken.None)) is { IsSuccess: true, Value: 3 };
        }

        var hot = Identifiers.Next();
        var told = new System.Collections.Concurrent.ConcurrentDictionary<long, bool>();
        async Task<bool> HotAsync(int caller, long number)
        {
            var outcome = await store.DecideAsync(
                touches => touches.Stream<Notes>(hot),
                scope => scope.Stream<Notes>(hot).Apply(Decision.Of(new Noted("hot"))).Map(notes => notes.Count),
                new CallContext(),
                CancellationToken.None);
            // Each caller's answer is its own: the number of its event, told to nobody else.
            return outcome.IsSuccess && told.TryAdd(outcome.Value, true);
        }

        using var batches = new BatchSizes();
        await WarmUpAsync(AppendAsync);
        if (options.CommerceOnly)
        {
            await Comparison.ShowAsync("event-store append", options.Rounds, () => Measure(AppendAsync));
            batches.Print();
            await WarmUpAsync(HotAsync);
            await Comparison.ShowAsync("event-store hot", options.Rounds, () => Measure(HotAsync));
            batches.Print();
            return 0;
        }

        await WarmUpAsync(plain.AppendAsync);
        var append = await new Comparison("event-store append", 4, 6).RunAsync(options.Rounds, () => Measure(AppendAsync), () => Measure(plain.AppendAsync));

        await WarmUpAsync(HotAsync);
        await plain.StartHotAsync();
        await WarmUpAsync(plain.HotAsync);
        var contended = await new Comparison("event-store hot", 60, 150).RunAsync(options.Rounds, () => Measure(HotAsync), () => Measure(plain.HotAsync));
        var stored = await store.LoadAsync<Notes>(hot, null, null, CancellationToken.None);
        if (stored.Version != told.Count)
        {
            throw new InvalidOperationException($"{told.Count} callers were told of an append, {stored.Version} events are stored.");
        }

        return await Report.WriteAsync("event-store", [append, contended], await database.SettingsAsync(), options.Json);
    }

    /// <summary>Until the compiler is through with the code: a client that grows cheaper from second to second has not been measured.</summary>
    private static async Task WarmUpAsync(Func<int, long, Task<bool>> operation)
    {
        var before = double.MaxValue;
        for (var round = 0; round < 6; round++)
        {
            var started = System.Diagnostics.Process.GetCurrentProcess().TotalProcessorTime;
            var done = await Load.RunAsync(Callers, TimeSpan.FromSeconds(2), operation);
            var each = (System.Diagnostics.Process.GetCurrentProcess().TotalProcessorTime - started).TotalSeconds / Math.Max(1, done.Done);
            if (each > before * 0.9)
            {
                return;
            }

            before = each;
        }
    }

    private static ServiceProvider Services(string connectionString)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Postgres"] = connectionString }).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddEventStore(_ => { });
        services.AddReadModels(configuration);
        services.AddEvents(builder => builder.Aggregate<Notes>(notes => notes.Event("noted", NotesJson.Default.Noted)));
        return services.BuildServiceProvider();
    }
}

/// <summary>How many decisions share a commit, for whoever looks at Commerce alone.</summary>
internal sealed class BatchSizes : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _batches;
    private long _decisions;

    public BatchSizes()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "commerce.eventstore.batch.size")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((_, size, _, _) =>
        {
            Interlocked.Increment(ref _batches);
            Interlocked.Add(ref _decisions, size);
        });
        _listener.Start();
    }

    public void Print()
    {
        AnsiConsole.WriteLine($"  {(double)Interlocked.Exchange(ref _decisions, 0) / Math.Max(1, Interlocked.Exchange(ref _batches, 0)):F1} decisions share a commit");
    }

    public void Dispose() => _listener.Dispose();
}

/// <summary>The yardstick: the same rows in the same tables, one prepared transaction per append in one round trip, 64 connections, all warm.</summary>
public sealed class PlainStore : IAsyncDisposable
{
    private const string Stream = "insert into events.mt_streams (id, type, version) values ($1, 'notes', 3)";
    private const string Events = """
        insert into events.mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type)
        values (nextval('events.mt_events_sequence'), $1, $2, 1, $3, 'noted', now(), 'Noted'),
               (nextval('events.mt_events_sequence'), $4, $2, 2, $3, 'noted', now(), 'Noted'),
               (nextval('events.mt_events_sequence'), $5, $2, 3, $3, 'noted', now(), 'Noted')
        """;

    private readonly NpgsqlDataSource _source;
    private readonly string _body;
    private readonly Guid _hot = Identifiers.Next();

    public PlainStore(string connectionString, int connections, string body)
    {
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxPoolSize = connections, MinPoolSize = connections, MaxAutoPrepare = 20, AutoPrepareMinUsages = 1, NoResetOnClose = true,
        }.ConnectionString);
        _body = $$"""{"Text":"{{body}}"}""";
    }

    public async Task<bool> AppendAsync(int caller, long number)
    {
        var id = Identifiers.Next();
        await using var connection = await _source.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(Stream) { Parameters = { new() { Value = id } } },
                new(Events)
                {
                    Parameters =
                    {
                        new() { Value = Identifiers.Next() },
                        new() { Value = id },
                        new() { Value = _body, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Jsonb },
                        new() { Value = Identifiers.Next() },
                        new() { Value = Identifiers.Next() },
                    },
                },
            },
        };
        return await batch.ExecuteNonQueryAsync() == 4;
    }

    public async Task StartHotAsync()
    {
        await using var command = _source.CreateCommand("insert into events.mt_streams (id, type, version) values ($1, 'notes', 0)");
        command.Parameters.AddWithValue(_hot);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Optimistic retry: read the version, append at the next one, try again when somebody was quicker.</summary>
    public async Task<bool> HotAsync(int caller, long number)
    {
        await using var connection = await _source.OpenConnectionAsync();
        while (true)
        {
            await using var read = new NpgsqlCommand("select version from events.mt_streams where id = $1", connection) { Parameters = { new() { Value = _hot } } };
            var version = (long)(await read.ExecuteScalarAsync())!;
            await using var batch = new NpgsqlBatch(connection)
            {
                BatchCommands =
                {
                    new("insert into events.mt_events (seq_id, id, stream_id, version, data, type, timestamp, mt_dotnet_type) values (nextval('events.mt_events_sequence'), $1, $2, $3, '{\"Text\":\"hot\"}', 'noted', now(), 'Noted')")
                    {
                        Parameters = { new() { Value = Identifiers.Next() }, new() { Value = _hot }, new() { Value = version + 1 } },
                    },
                    new("update events.mt_streams set version = $2, timestamp = now() where id = $1 and version = $2 - 1")
                    {
                        Parameters = { new() { Value = _hot }, new() { Value = version + 1 } },
                    },
                },
            };
            try
            {
                return await batch.ExecuteNonQueryAsync() == 2;
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                // Somebody else has this version: read again.
            }
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
