using System.Text;
using Commerce.EventStore;
using Commerce.Testing;
using Dapper;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.ReadModels.Tests;

/// <summary>One host of the shop with the notes module, on a real database and, if asked, a real Redis. Several may share both.</summary>
internal sealed class NotesHost : IAsyncDisposable
{
    private readonly IHost _host;
    private long _fills;

    private NotesHost(IHost host) => _host = host;

    public long Fills => Interlocked.Read(ref _fills);

    public ReadModelCache Cache => _host.Services.GetRequiredService<ReadModelCache>();

    public RedisLevel Redis => _host.Services.GetRequiredService<RedisLevel>();

    public ModuleDatabase<NotesDatabase> Database => _host.Services.GetRequiredService<ModuleDatabase<NotesDatabase>>();

    public bool IsRunning => !_host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested;

    public static Task<TestDatabase> DatabaseAsync() => TestPostgres.CreateDatabaseAsync("notes", async connection =>
    {
        await using var host = Build(connection, null, []);
        await host.MigrateAsync();
    });

    public Task MigrateAsync() => _host.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(CancellationToken.None);

    public static async Task<NotesHost> StartAsync(string postgres, string? redis = null, string prefix = "test", params (string Name, string Value)[] settings)
    {
        var host = Build(postgres, redis, [.. settings, ("Cache:RedisPrefix", prefix)]);
        await host._host.StartAsync();
        if (redis is not null)
        {
            await host.RedisReadyAsync();
        }

        return host;
    }

    /// <summary>Waits until Redis is not only there but read from.</summary>
    public async Task RedisReadyAsync()
    {
        await Eventually.TrueAsync(() => Redis.Usable);
        await Task.Delay(600);
    }

    public async Task<EventPosition> WriteAsync(Guid id, string text)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        (await Note.WriteAsync(scope.ServiceProvider.GetRequiredService<EventSession>(), id, text)).IsSuccess.ShouldBeTrue();
        return scope.ServiceProvider.GetRequiredService<CallContext>().Written!.Value;
    }

    public async Task<string?> ReadAsync(Guid id, EventPosition? required = null, CachePolicy? policy = null) =>
        await EntryAsync(id, required, policy) is { } entry ? Encoding.UTF8.GetString(entry.Body.Span) : null;

    public ValueTask<CacheEntry?> EntryAsync(Guid id, EventPosition? required = null, CachePolicy? policy = null) => Cache.GetOrFillAsync(
        Note.KeyOf(id), new CallContext { Required = required }, token => FillAsync(id, token), policy ?? new CachePolicy(TimeSpan.FromMinutes(5)), CancellationToken.None);

    public async ValueTask<CacheFill?> FillAsync(Guid id, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _fills);
        await using var connection = await Database.OpenAsync(cancellationToken);
        var text = await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition("SELECT text FROM notes.note WHERE id = @id", new { id }, cancellationToken: cancellationToken));
        return text is null ? null : new CacheFill(Encoding.UTF8.GetBytes(text));
    }

    public async Task<HealthStatus> HealthAsync(string name) =>
        (await _host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries[name].Status;

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
        {
            await disposable.DisposeAsync();
        }
    }

    private static NotesHost Build(string postgres, string? redis, IEnumerable<(string Name, string Value)> settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings
            .Append(("ConnectionStrings:Postgres", postgres))
            .Concat(redis is null ? [] : [("ConnectionStrings:Redis", redis)])
            .ToDictionary(setting => setting.Item1, setting => (string?)setting.Item2));
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddEventStore(_ => { });
        builder.Services.AddReadModels(builder.Configuration);
        builder.Services.AddModuleDatabase<NotesDatabase>("notes");
        builder.Services.AddSingleton<ICacheInvalidation, NoteInvalidation>();
        builder.Services.AddEvents(events => events
            .Aggregate<Note>(note => note.Event("note_written", NotesJson.Default.NoteWritten))
            .Inline<NoteProjection>());
        return new NotesHost(builder.Build());
    }
}

internal static class Eventually
{
    public static async Task TrueAsync(Func<bool> condition, int seconds = 15) => await TrueAsync(() => Task.FromResult(condition()), seconds);

    public static async Task TrueAsync(Func<Task<bool>> condition, int seconds = 15)
    {
        for (var waited = 0; waited < seconds * 50; waited++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(20);
        }

        (await condition()).ShouldBeTrue("it did not come true in time");
    }
}
