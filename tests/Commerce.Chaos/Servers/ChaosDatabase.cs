using Commerce.EmbeddedPostgres;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Chaos.Servers;

/// <summary>A durable PostgreSQL of this run, on a small disk of its own where mounts are allowed.</summary>
internal sealed class ChaosDatabase : IAsyncDisposable
{
    private const long DiskBytes = 2L * 1024 * 1024 * 1024;

    private readonly EmbeddedPostgresOptions _options;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private EmbeddedPostgresServer _server;

    private ChaosDatabase(EmbeddedPostgresOptions options, EmbeddedPostgresServer server, string? disk)
    {
        _options = options;
        _server = server;
        Disk = disk;
    }

    public const int MaxConnections = 120;

    /// <summary>The mounted disk of the data, or null where none could be mounted.</summary>
    public string? Disk { get; }

    /// <summary>The superuser; not pooled, because the server comes and goes.</summary>
    public string ConnectionString => new NpgsqlConnectionStringBuilder(_server.ConnectionString) { Pooling = false, Timeout = 3, ApplicationName = "chaos" }.ConnectionString;

    /// <summary>What the Hosts get.</summary>
    public string HostConnectionString => _server.ConnectionString;

    public static async Task<ChaosDatabase> StartAsync(string folder, CancellationToken cancellationToken)
    {
        var disk = await MountAsync(Path.Combine(folder, "disk"), cancellationToken);
        var options = new EmbeddedPostgresOptions
        {
            DataDirectory = Path.Combine(disk ?? folder, "postgres"),
            // A crash is a fault of this run; when the server comes back is this run's choice as well.
            RestartOnExit = false,
            Settings = new Dictionary<string, string>
            {
                ["max_connections"] = MaxConnections.ToString(System.Globalization.CultureInfo.InvariantCulture),
                ["shared_buffers"] = "128MB",
                ["min_wal_size"] = "64MB",
                ["max_wal_size"] = "256MB",
                ["restart_after_crash"] = "on",
            },
        };
        return new ChaosDatabase(options, await EmbeddedPostgresServer.StartAsync(options, NullLogger.Instance, cancellationToken), disk);
    }

    public async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] values)
    {
        await using var connection = await OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 120 };
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    /// <summary>What <c>pg_ctl restart -m immediate</c> does: SIGQUIT to the postmaster, no checkpoint, and recovery from the log at the start after it.</summary>
    public async Task RestartImmediatelyAsync(CancellationToken cancellationToken)
    {
        if (_server.ProcessId is { } postmaster)
        {
            Signals.Quit(postmaster);
            await GoneAsync(postmaster, cancellationToken);
        }

        await EnsureUpAsync(cancellationToken);
    }

    /// <summary>Starts the server again if it has ended, on its port.</summary>
    public async Task EnsureUpAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_server.ProcessId is { } running && Signals.IsAlive(running))
            {
                return;
            }

            var port = _server.Port;
            await _server.DisposeAsync();
            _server = await EmbeddedPostgresServer.StartAsync(_options with { Port = port }, NullLogger.Instance, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Answers a simple question again, however often it takes.</summary>
    public async Task WaitUntilUpAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await EnsureUpAsync(cancellationToken);
                await QueryAsync("select 1", reader => reader.GetInt32(0), cancellationToken);
                return;
            }
            catch (Exception away) when (away is NpgsqlException or EmbeddedPostgresException or InvalidOperationException)
            {
                await Task.Delay(200, cancellationToken);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _turn.Dispose();
        if (Disk is not null)
        {
            await RunAsync("umount", CancellationToken.None, "-l", Disk);
        }
    }

    private static async Task GoneAsync(int process, CancellationToken cancellationToken)
    {
        while (Signals.IsAlive(process))
        {
            await Task.Delay(10, cancellationToken);
        }
    }

    // Only inside a mount namespace that ends with us (./dev chaos makes one), so that nobody else ever sees the mount.
    private static async Task<string?> MountAsync(string folder, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable("COMMERCE_CHAOS_MOUNTS") != "1")
        {
            return null;
        }

        Directory.CreateDirectory(folder);
        return await RunAsync("mount", cancellationToken, "-t", "tmpfs", "-o", $"size={DiskBytes},mode=0755", "commerce-chaos", folder) == 0 ? folder : null;
    }

    private static async Task<int> RunAsync(string program, CancellationToken cancellationToken, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode;
    }
}
