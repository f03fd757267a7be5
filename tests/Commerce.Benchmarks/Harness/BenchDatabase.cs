using Commerce.EmbeddedPostgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Benchmarks.Harness;

/// <summary>A durable PostgreSQL of the benchmark's own: <c>fsync</c> and <c>synchronous_commit</c> are on, as in production.</summary>
public sealed class BenchDatabase : IAsyncDisposable
{
    // The file that is told what the server's time went into; see docs/performance.md.
    private static readonly string? Statements = Environment.GetEnvironmentVariable("COMMERCE_BENCH_STATEMENTS");

    private const string SelectStatements = """
        select calls, round(total_exec_time::numeric / 1000, 2), rows, regexp_replace(left(query, 1200), '\s+', ' ', 'g')
          from pg_stat_statements order by total_exec_time desc limit 60
        """;

    private static int s_count;

    private readonly EmbeddedPostgresServer _server;

    private BenchDatabase(EmbeddedPostgresServer server) => _server = server;

    public string ConnectionString => _server.ConnectionString;

    public static async Task<BenchDatabase> StartAsync(string root)
    {
        var database = new BenchDatabase(await EmbeddedPostgresServer.StartAsync(
            new EmbeddedPostgresOptions
            {
                DataDirectory = Path.Combine(root, ".commerce", $"bench-{Environment.ProcessId}-{Interlocked.Increment(ref s_count)}"),
                DeleteOnStop = true,
                Settings = Statements is null ? [] : new Dictionary<string, string>
                {
                    ["shared_preload_libraries"] = "pg_stat_statements", ["pg_stat_statements.max"] = "10000", ["pg_stat_statements.track"] = "all",
                },
            },
            NullLogger.Instance,
            CancellationToken.None));
        await database.WearInAsync();
        return database;
    }

    /// <summary>One that is kept in its folder for the next run.</summary>
    public static async Task<BenchDatabase> KeepAsync(string folder) =>
        new(await EmbeddedPostgresServer.StartAsync(new EmbeddedPostgresOptions { DataDirectory = folder }, NullLogger.Instance, CancellationToken.None));

    /// <summary>What the server says of its version and durability.</summary>
    public async Task<IReadOnlyDictionary<string, string>> SettingsAsync()
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select name, setting from pg_settings where name in ('server_version', 'fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers')", connection);
        await using var reader = await command.ExecuteReaderAsync();
        var settings = new Dictionary<string, string>();
        while (await reader.ReadAsync())
        {
            settings[reader.GetString(0)] = reader.GetString(1);
        }

        return settings;
    }

    /// <summary>The postmaster's process id.</summary>
    public async Task<int> ProcessIdAsync()
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int", connection);
        return (int)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Runs a statement as the administrator, however long it takes.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Asks for one number.</summary>
    public async Task<long> AskAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// A server that has run for a while writes its log into files of old; one that has just been made writes zeros into every new file first, and then the
    /// log. Both sides of a comparison run on a server of the first kind.
    /// </summary>
    private async Task WearInAsync()
    {
        const int segments = 64;
        for (var i = 0; i < segments; i++)
        {
            await ExecuteAsync("select pg_logical_emit_message(false, 'wear in', ''); select pg_switch_wal()");
        }

        await ExecuteAsync("checkpoint");
    }

    public async ValueTask DisposeAsync()
    {
        if (Statements is not null)
        {
            await WriteStatementsAsync(Statements);
        }

        await _server.DisposeAsync();
    }

    /// <summary>Calls, seconds, rows and text of the statements that took longest.</summary>
    private async Task WriteStatementsAsync(string file)
    {
        await ExecuteAsync("create extension if not exists pg_stat_statements");
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(SelectStatements, connection);
        await using var reader = await command.ExecuteReaderAsync();
        await using var writer = new StreamWriter(file);
        while (await reader.ReadAsync())
        {
            await writer.WriteLineAsync($"{reader.GetInt64(0),8} calls {reader.GetDecimal(1),8} s {reader.GetInt64(2),10} rows  {reader.GetString(3)}");
        }
    }
}
