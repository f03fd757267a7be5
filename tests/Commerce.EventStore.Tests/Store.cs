using System.Text.Json.Nodes;
using Commerce.EventStore.History;
using Commerce.EventStore.Partitioning;
using Commerce.Outcomes;
using Commerce.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Commerce.EventStore.Tests;

/// <summary>A database with the store's schema, on which a test starts as many stores ("hosts") as it needs.</summary>
public sealed class StoreDatabase : IAsyncDisposable
{
    private readonly TestDatabase _database;

    private StoreDatabase(TestDatabase database) => _database = database;

    public string ConnectionString => _database.ConnectionString;

    /// <param name="isPartitioned">Whether its event tables are the ones that keep archived streams apart.</param>
    public static async Task<StoreDatabase> CreateAsync(bool isPartitioned = false) =>
        new(await TestPostgres.CreateDatabaseAsync(isPartitioned ? "event-store-partitioned" : "event-store", async connectionString =>
        {
            await using var source = NpgsqlDataSource.Create(connectionString);
            await using (var roles = source.CreateCommand("do $$ begin create role commerce_events; exception when duplicate_object then null; end $$; create schema events; create schema model; create schema model_rebuild"))
            {
                await roles.ExecuteNonQueryAsync();
            }

            var assembly = typeof(IEventStore).Assembly;
            foreach (var script in assembly.GetManifestResourceNames().Where(name => name.Contains(".Schema.", StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(script)!);
                await using var command = source.CreateCommand(await reader.ReadToEndAsync());
                await command.ExecuteNonQueryAsync();
            }

            await using var tables = source.CreateCommand("""
                create table model.counter_values (id uuid primary key, value int not null, version bigint not null);
                create table model.counter_log (place bigint generated always as identity, event_id uuid primary key, stream_id uuid, version bigint, by_value int);
                """);
            await tables.ExecuteNonQueryAsync();
            if (isPartitioned)
            {
                await using var connection = await source.OpenConnectionAsync();
                await EventTablePartitions.PartitionAsync(connection, TimeSpan.FromSeconds(10), CancellationToken.None);
            }
        }));

    public async Task<StoreHost> StartHostAsync(Action<EventStoreOptions>? configure = null, string? connectionString = null, Action<IServiceCollection>? services = null)
    {
        var host = new StoreHost(connectionString ?? ConnectionString, configure, services);
        await host.StartAsync();
        return host;
    }

    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        return connection;
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}

/// <summary>One store with its daemon, as a process would have it.</summary>
public sealed class StoreHost : IAsyncDisposable
{
    private readonly ServiceProvider _provider;

    public StoreHost(string connectionString, Action<EventStoreOptions>? configure, Action<IServiceCollection>? services)
    {
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddEventStore(options =>
        {
            options.ConnectionString = connectionString;
            configure?.Invoke(options);
        });
        collection.AddEvents(events => events
            .Aggregate<Counter>(counter => counter
                .Event("counted", CounterJson.Default.Counted)
                .Event("labelled_v2", CounterJson.Default.Labelled)
                .Event("limit_set", CounterJson.Default.LimitSet)
                .Upcast("labelled", "labelled_v2", body =>
                {
                    body["label"] = body["name"]?.GetValue<string>();
                    return body;
                })
                .Split("described", ["labelled", "limit_set"], body =>
                [
                    ("labelled", new JsonObject { ["name"] = body["name"]?.DeepClone() }),
                    ("limit_set", new JsonObject { ["limit"] = body["most"]?.DeepClone() }),
                ])
                .Split("moved", ["counted", "limit_set"], body => body.ContainsKey("by") ? [("counted", body)] : [("limit_set", body)]))
            .Inline<CounterValues>());
        collection.AddSingleton(Log);
        collection.AddSingleton<ISubscription>(Log);
        services?.Invoke(collection);
        _provider = collection.BuildServiceProvider();
    }

    public CounterLog Log { get; } = new();

    public IEventStore Store => _provider.GetRequiredService<IEventStore>();

    public Verification.DatabaseVerifier Verifier => _provider.GetRequiredService<Verification.DatabaseVerifier>();

    public StreamArchive Archive => _provider.GetRequiredService<StreamArchive>();

    public IProjectionProgress Progress => _provider.GetRequiredService<IProjectionProgress>();

    public async Task StartAsync()
    {
        await _provider.GetRequiredService<PostgresEventStore>().PrepareAsync(CancellationToken.None);
        foreach (var service in _provider.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
        }
    }

    public Task<Outcome<int>> CountAsync(Guid id, int by = 1, CallContext? context = null) =>
        Store.DecideAsync(
            touches => touches.Stream<Counter>(id),
            scope => scope.Stream<Counter>(id).Apply(counter => counter.Count(by)).Map(counter => counter.Value),
            context ?? new CallContext(),
            CancellationToken.None);

    public Task<Outcome<Done>> AppendAsync(Guid id, params object[] events) =>
        Store.DecideAsync(
            touches => touches.Stream<Counter>(id),
            scope => scope.Stream<Counter>(id).Apply(Decision.Of(events)).Map(_ => default(Done)),
            new CallContext(),
            CancellationToken.None);

    public EventSession Session(CallContext? context = null) => new(Store, context ?? new CallContext());

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _provider.GetServices<IHostedService>())
        {
            await service.StopAsync(CancellationToken.None);
        }

        await _provider.DisposeAsync();
    }
}
