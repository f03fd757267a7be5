using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Commerce.EmbeddedPostgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Testing;

/// <summary>
/// One real PostgreSQL for the tests of this process: started by the first test that asks, gone with the process,
/// also when that is killed. Each test takes a database of its own.
/// </summary>
public static class TestPostgres
{
    private static readonly Lazy<Task<EmbeddedPostgresServer>> Shared = new(StartSharedAsync);
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Templates = new(StringComparer.Ordinal);

    // Copying a template takes a lock on it: a queue is quicker than retries.
    private static readonly SemaphoreSlim Copying = new(1, 1);

    /// <summary>The server that all tests of this process share. Do not stop it; take <see cref="StartServerAsync"/> for that.</summary>
    public static Task<EmbeddedPostgresServer> ServerAsync() => Shared.Value;

    /// <summary>An empty database of its own. Disposing it drops it; leaving it costs only disk until the process ends.</summary>
    public static async Task<TestDatabase> CreateDatabaseAsync(CancellationToken cancellationToken = default)
    {
        var server = await Shared.Value.WaitAsync(cancellationToken);
        var name = "test_" + RandomNumberGenerator.GetHexString(12, lowercase: true);
        await ExecuteAsync(server, $"create database {name}", cancellationToken);
        return new TestDatabase(server, name);
    }

    /// <summary>
    /// A database that starts as a copy of a prepared one. <paramref name="prepare"/> (migrations, seed) gets the
    /// connection string of an empty database and runs once a process for each key; every call then copies the result.
    /// </summary>
    public static async Task<TestDatabase> CreateDatabaseAsync(
        string templateKey, Func<string, Task> prepare, CancellationToken cancellationToken = default)
    {
        var server = await Shared.Value.WaitAsync(cancellationToken);
        var template = await Templates
            .GetOrAdd(templateKey, key => new Lazy<Task<string>>(() => PrepareTemplateAsync(server, key, prepare)))
            .Value.WaitAsync(cancellationToken);
        var name = "test_" + RandomNumberGenerator.GetHexString(12, lowercase: true);
        await Copying.WaitAsync(cancellationToken);
        try
        {
            await ExecuteAsync(server, $"create database {name} template {template}", cancellationToken);
        }
        finally
        {
            Copying.Release();
        }

        return new TestDatabase(server, name);
    }

    /// <summary>
    /// A server of the caller's own, for tests that stop or kill it. Without durability unless asked: give
    /// <paramref name="durable"/> where the test is about what survives.
    /// </summary>
    public static Task<EmbeddedPostgresServer> StartServerAsync(
        bool durable = false, IReadOnlyDictionary<string, string>? settings = null, CancellationToken cancellationToken = default) =>
        EmbeddedPostgresServer.StartAsync(
            Options() with { Durable = durable, Settings = settings ?? new Dictionary<string, string>() },
            NullLogger.Instance,
            cancellationToken);

    internal static async Task ExecuteAsync(EmbeddedPostgresServer server, string sql, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionStringFor("postgres"));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Task<EmbeddedPostgresServer> StartSharedAsync() =>
        EmbeddedPostgresServer.StartAsync(
            Options() with
            {
                Durable = false,
                RestartOnExit = false,
                Settings = new Dictionary<string, string>
                {
                    // Many databases with small pools each; small memory, because several test processes run at once.
                    ["max_connections"] = "400",
                    ["shared_buffers"] = "64MB",
                    ["max_wal_size"] = "4GB",
                    ["autovacuum_naptime"] = "1min",
                    ["max_locks_per_transaction"] = "256",
                },
            },
            NullLogger.Instance);

    private static EmbeddedPostgresOptions Options() => new()
    {
        DataDirectory = TestFolders.New("pg"),
        DeleteOnStop = true,
        Database = "shared",
    };

    private static async Task<string> PrepareTemplateAsync(EmbeddedPostgresServer server, string key, Func<string, Task> prepare)
    {
        var name = "template_" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..16];
        await ExecuteAsync(server, $"create database {name}", CancellationToken.None);
        var builder = new NpgsqlConnectionStringBuilder(server.ConnectionStringFor(name));
        await prepare(builder.ConnectionString);

        // A template that somebody is connected to cannot be copied; what prepare left open is closed for it.
        await ExecuteAsync(server, $"alter database {name} with allow_connections false", CancellationToken.None);
        await ExecuteAsync(
            server, $"select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = '{name}'", CancellationToken.None);
        return name;
    }
}
