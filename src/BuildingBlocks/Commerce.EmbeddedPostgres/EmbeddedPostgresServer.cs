using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.EmbeddedPostgres;

/// <summary>
/// A PostgreSQL server of our own: started with the Host, stopped with it, recovered after a kill. It listens on the
/// loopback address alone and asks everybody for a random password that only the owner of the data directory can read.
/// </summary>
public sealed partial class EmbeddedPostgresServer : IAsyncDisposable
{
    private const string Superuser = "postgres";

    // The kernel's limit for the path of a Unix socket, with room for "/.s.PGSQL.65535".
    private const int LongestSocketFolder = 90;

    private readonly EmbeddedPostgresOptions options;
    private readonly ILogger logger;
    private readonly ServerAccount account;
    private readonly PostgresBinaries binaries;
    private readonly ClusterLocation location;
    private readonly FileStream hostLock;
    private readonly string password;
    private readonly CancellationTokenSource stopping = new();

    // One at a time: a start (also the one after a crash) or a stop.
    private readonly SemaphoreSlim turn = new(1, 1);
    private SupervisedProcess? process;
    private Task watch = Task.CompletedTask;
    private bool stopped;

    private EmbeddedPostgresServer(
        EmbeddedPostgresOptions options, ILogger logger, ServerAccount account, PostgresBinaries binaries,
        ClusterLocation location, FileStream hostLock, string password)
    {
        this.options = options;
        this.logger = logger;
        this.account = account;
        this.binaries = binaries;
        this.location = location;
        this.hostLock = hostLock;
        this.password = password;
    }

    /// <summary>The loopback port.</summary>
    public int Port { get; private set; }

    /// <summary>The folder of the server's programs; <c>psql</c> and <c>pgbench</c> are not among them.</summary>
    public string PgBin => binaries.Bin;

    /// <summary>The server's major version.</summary>
    public int MajorVersion => binaries.Major;

    /// <summary>Connects as the superuser to <see cref="EmbeddedPostgresOptions.Database"/>.</summary>
    public string ConnectionString => ConnectionStringFor(options.Database);

    /// <summary>
    /// The folder of the Unix socket, open to this process's account alone, or null where its path would be too long.
    /// </summary>
    public string? SocketDirectory => location.Sockets.Length <= LongestSocketFolder ? location.Sockets : null;

    /// <summary>The file that the server logs to.</summary>
    public string LogFile => location.Log;

    /// <summary>The process id of the running server, or null.</summary>
    public int? ProcessId => ReadPidFile(location.PidFile)?.Pid;

    /// <summary>Starts a server: makes the cluster when there is none, and recovers one that was left behind.</summary>
    public static async Task<EmbeddedPostgresServer> StartAsync(
        EmbeddedPostgresOptions options, ILogger logger, CancellationToken cancellationToken = default)
    {
        options = options with { DataDirectory = Path.GetFullPath(options.DataDirectory) };
        RefuseForeignFolder(options.DataDirectory);
        Directory.CreateDirectory(options.DataDirectory);
        var hostLock = await LockAsync(options, cancellationToken);
        EmbeddedPostgresServer? server = null;
        try
        {
            var account = await ServerAccount.FindAsync(cancellationToken);
            var binaries = await PostgresBinaries.PrepareAsync(options.BinariesDirectory, account, cancellationToken);
            var location = await ClusterLocation.PrepareAsync(options.DataDirectory, account, cancellationToken);
            await StopOrphanAsync(account, binaries, location, logger, cancellationToken);
            var password = await EnsureClusterAsync(options, account, binaries, location, logger, cancellationToken);
            server = new EmbeddedPostgresServer(options, logger, account, binaries, location, hostLock, password);
            await server.LaunchAsync(cancellationToken);
            await server.EnsureDatabaseAsync(cancellationToken);
            server.watch = server.WatchAsync();
            return server;
        }
        catch
        {
            if (server is null)
            {
                await hostLock.DisposeAsync();
                if (options.DeleteOnStop)
                {
                    new ClusterLocation(options.DataDirectory).Delete(options.DataDirectory);
                }
            }
            else
            {
                await server.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>The superuser's connection string for another database of the server.</summary>
    public string ConnectionStringFor(string database) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = Port,
            Username = Superuser,
            Password = password,
            Database = database,
            SslMode = SslMode.Disable,
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ConnectionString;

    /// <summary>Stops the server in order (running transactions are rolled back), at once after half a minute.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await stopping.CancelAsync();
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (stopped)
            {
                return;
            }

            if (process is not null)
            {
                await EndAsync(process, cancellationToken);
                process.Dispose();
            }

            if (options.DeleteOnStop)
            {
                location.Delete(options.DataDirectory);
            }

            await hostLock.DisposeAsync();
            stopped = true;
        }
        finally
        {
            turn.Release();
        }

        await watch;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None);
        stopping.Dispose();
        turn.Dispose();
    }

    private static void RefuseForeignFolder(string folder)
    {
        // The folder may be handed to another account and deleted after tests, so a mistyped path must not get far.
        string[] ours = ["lock", "owner", "cluster", "pgdata", "pgdata.new", "password", "port"];
        if (Directory.Exists(folder)
            && Directory.EnumerateFileSystemEntries(folder).Any()
            && !ours.Any(name => Path.Exists(Path.Combine(folder, name))))
        {
            throw new EmbeddedPostgresException($"{folder} holds something else than a database of Commerce. Name an empty or new folder.");
        }
    }

    private static async Task<FileStream> LockAsync(EmbeddedPostgresOptions options, CancellationToken cancellationToken)
    {
        // A Host that was killed a moment ago holds its lock until the kernel has cleared it away.
        var patience = TimeSpan.FromSeconds(2);
        var owner = Path.Combine(options.DataDirectory, "owner");
        var started = options.TimeProvider.GetTimestamp();
        try
        {
            while (true)
            {
                try
                {
                    var hostLock = new FileStream(
                        Path.Combine(options.DataDirectory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
                    await PrivateFiles.WriteAsync(
                        owner, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), cancellationToken);
                    return hostLock;
                }
                catch (IOException) when (options.TimeProvider.GetElapsedTime(started) < patience)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(50), options.TimeProvider, cancellationToken);
                }
            }
        }
        catch (IOException exception)
        {
            var pid = File.Exists(owner) ? (await File.ReadAllTextAsync(owner, cancellationToken)).Trim() : "unknown";
            throw new EmbeddedPostgresException(
                $"The database in {options.DataDirectory} is in use by process {pid}. Give this Host its own folder (--data), or share that database through ConnectionStrings__Postgres.",
                exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new EmbeddedPostgresException(
                $"{options.DataDirectory} belongs to another account (a Host started by root before?). Take it over with chown, or name another folder.",
                exception);
        }
    }

    /// <summary>
    /// A server that outlived its Host (both it and its shell can survive a kill of the Host for the moment that they
    /// need to stop) is stopped first; a pid file whose server is gone is left to PostgreSQL, unless its number
    /// belongs to a stranger by now, which PostgreSQL would take for a running server.
    /// </summary>
    private static async Task StopOrphanAsync(
        ServerAccount account, PostgresBinaries binaries, ClusterLocation location, ILogger logger, CancellationToken cancellationToken)
    {
        if (ReadPidFile(location.PidFile) is not { } found)
        {
            return;
        }

        if (!IsAlive(found.Pid))
        {
            return;
        }

        if (!IsPostgres(found.Pid))
        {
            File.Delete(location.PidFile);
            return;
        }

        LogOrphan(logger, found.Pid, location.Data);
        foreach (var mode in (string[])["fast", "immediate"])
        {
            var (exitCode, _) = await Command.RunAsync(
                account.As(binaries.PgCtl, "stop", "-D", location.Data, "-m", mode, "-w", "-t", "30"), cancellationToken);
            if (exitCode == 0 || !IsAlive(found.Pid))
            {
                return;
            }
        }

        throw new EmbeddedPostgresException($"The server {found.Pid} of {location.Data} is still running and does not stop. End it, then start again.");
    }

    private static async Task<string> EnsureClusterAsync(
        EmbeddedPostgresOptions options, ServerAccount account, PostgresBinaries binaries, ClusterLocation location,
        ILogger logger, CancellationToken cancellationToken)
    {
        PrivateFiles.CloseFolder(location.Sockets);
        await account.OwnAsync(location.Sockets, recursive: false, cancellationToken);

        if (Directory.Exists(location.Data))
        {
            var major = (await File.ReadAllTextAsync(Path.Combine(location.Data, "PG_VERSION"), cancellationToken)).Trim();
            if (major != binaries.Major.ToString(CultureInfo.InvariantCulture))
            {
                throw new EmbeddedPostgresException(
                    $"The database in {location.Root} was made by PostgreSQL {major}, and {binaries.Bin} is {binaries.Major}. Start with that version, or name another folder.");
            }

            return File.Exists(location.Password)
                ? (await File.ReadAllTextAsync(location.Password, cancellationToken)).Trim()
                : throw new EmbeddedPostgresException($"{location.Password} is missing, and without it the database beside it cannot be opened.");
        }

        var started = options.TimeProvider.GetTimestamp();
        var password = RandomNumberGenerator.GetHexString(48, lowercase: true);
        await PrivateFiles.WriteAsync(location.Password, password + "\n", cancellationToken);
        await account.OwnAsync(location.Password, recursive: false, cancellationToken);

        // Made beside and moved: a kill in the middle leaves a draft, never half a cluster.
        await Command.RequireAsync(["rm", "-rf", location.Draft], cancellationToken);
        List<string> initialize =
        [
            binaries.InitDb, "-D", location.Draft, "-U", Superuser, "--auth=scram-sha-256", "--pwfile=" + location.Password,
            "--encoding=UTF8", "--data-checksums", "--no-instructions", "--text-search-config=english",
        ];

        // Ordering by code point wherever we run; case folding of every script comes with PostgreSQL 17.
        initialize.AddRange(binaries.Major >= 17
            ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
            : ["--locale=C.UTF-8"]);
        if (!options.Durable)
        {
            initialize.Add("--no-sync");
        }

        await Command.RequireAsync(account.As(initialize), cancellationToken);
        await File.AppendAllTextAsync(
            Path.Combine(location.Draft, "postgresql.conf"), "\ninclude_if_exists = '../settings.conf'\n", cancellationToken);
        Directory.Move(location.Draft, location.Data);
        LogClusterMade(logger, location.Data, binaries.Major, options.TimeProvider.GetElapsedTime(started).TotalMilliseconds);
        return password;
    }

    /// <summary>Starts the server: on the port that clients know by now, else on one that is free.</summary>
    private async Task LaunchAsync(CancellationToken cancellationToken)
    {
        var started = options.TimeProvider.GetTimestamp();
        var isFirst = Port == 0;
        var attempts = isFirst ? 8 : 20;
        var port = isFirst ? FirstPort() : Port;
        for (var attempt = 1; ; attempt++)
        {
            await PrivateFiles.WriteAsync(
                location.Settings, ServerSettings.Render(options, port, SocketDirectory), cancellationToken);
            await account.OwnAsync(location.Settings, recursive: false, cancellationToken);
            KeepLogShort();
            var logStart = File.Exists(location.Log) ? new FileInfo(location.Log).Length : 0;
            process?.Dispose();
            process = SupervisedProcess.Start(
                account, [binaries.Postgres, "-D", location.Data], location.Log, "INT", options.DeleteOnStop ? location.Root : null);
            if (await BecomesReadyAsync(process, started, cancellationToken))
            {
                break;
            }

            // Two ways to fail that pass by themselves: the port was taken between our look and the server's, and
            // the children of a killed server still hold its shared memory.
            var log = await LogSinceAsync(logStart, cancellationToken);
            var portTaken = log.Contains("Address already in use", StringComparison.Ordinal);
            var childrenRemain = log.Contains("pre-existing shared memory block", StringComparison.Ordinal);
            if (attempt >= attempts || (!portTaken && !childrenRemain))
            {
                throw new EmbeddedPostgresException($"PostgreSQL did not start; its log ({location.Log}) ends:\n{log}");
            }

            if (portTaken && isFirst && options.Port is null)
            {
                port = AnyFreePort();
            }
            else
            {
                await Task.Delay(TimeSpan.FromMilliseconds(250), options.TimeProvider, cancellationToken);
            }
        }

        Port = port;
        await PrivateFiles.WriteAsync(location.Port, port.ToString(CultureInfo.InvariantCulture), cancellationToken);
        LogStarted(logger, binaries.Major, port, options.TimeProvider.GetElapsedTime(started).TotalMilliseconds);
    }

    /// <summary>The server's own word in its pid file, as pg_ctl reads it; false when the server ended instead.</summary>
    private async Task<bool> BecomesReadyAsync(SupervisedProcess starting, long started, CancellationToken cancellationToken)
    {
        try
        {
            while (options.TimeProvider.GetElapsedTime(started) < options.StartTimeout)
            {
                if (starting.HasExited)
                {
                    return false;
                }

                if (ReadPidFile(location.PidFile) is { Ready: true } found && IsAlive(found.Pid))
                {
                    return true;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(15), options.TimeProvider, cancellationToken);
            }
        }
        catch
        {
            starting.RequestStop();
            throw;
        }

        await EndAsync(starting, cancellationToken);
        throw new EmbeddedPostgresException($"PostgreSQL was not ready after {options.StartTimeout.TotalSeconds:0} s; see {location.Log}.");
    }

    private async Task EnsureDatabaseAsync(CancellationToken cancellationToken)
    {
        var builder = new NpgsqlConnectionStringBuilder(ConnectionStringFor("postgres")) { Pooling = false };
        await using var connection = new NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var exists = new NpgsqlCommand("select 1 from pg_database where datname = $1", connection);
        exists.Parameters.AddWithValue(options.Database);
        if (await exists.ExecuteScalarAsync(cancellationToken) is null)
        {
            var name = new NpgsqlCommandBuilder().QuoteIdentifier(options.Database);
            await using var create = new NpgsqlCommand($"create database {name}", connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Starts the server again when it dies on its own, slower each time that it dies soon.</summary>
    private async Task WatchAsync()
    {
        var pause = TimeSpan.FromMilliseconds(50);
        try
        {
            while (process is { } current)
            {
                var started = options.TimeProvider.GetTimestamp();
                await current.WaitAsync(stopping.Token);
                LogDied(logger, location.Log);
                if (!options.RestartOnExit)
                {
                    return;
                }

                pause = options.TimeProvider.GetElapsedTime(started) > TimeSpan.FromMinutes(1)
                    ? TimeSpan.FromMilliseconds(100)
                    : TimeSpan.FromSeconds(Math.Min(30, pause.TotalSeconds * 2));
                await Task.Delay(pause, options.TimeProvider, stopping.Token);
                await turn.WaitAsync(stopping.Token);
                try
                {
                    await LaunchAsync(stopping.Token);
                }
                catch (EmbeddedPostgresException exception)
                {
                    // The next round finds the process ended and tries again after a longer pause.
                    LogNotRestarted(logger, exception);
                }
                finally
                {
                    turn.Release();
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The Host stops the server; nothing is left to watch.
        }
    }

    private async Task EndAsync(SupervisedProcess ending, CancellationToken cancellationToken)
    {
        ending.RequestStop();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30), options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await ending.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            await Command.RunAsync(
                account.As(binaries.PgCtl, "stop", "-D", location.Data, "-m", "immediate", "-w", "-t", "30"), cancellationToken);
            await ending.WaitAsync(cancellationToken);
        }
    }

    private int FirstPort()
    {
        if (options.Port is { } asked)
        {
            return asked;
        }

        // The same port as before keeps a remembered psql command working; it is a wish, not a promise.
        return File.Exists(location.Port)
            && int.TryParse(File.ReadAllText(location.Port), CultureInfo.InvariantCulture, out var last)
            && TakeLoopbackPort(last) is { } free
                ? free
                : AnyFreePort();
    }

    private static int AnyFreePort() =>
        TakeLoopbackPort(0) ?? throw new EmbeddedPostgresException("No loopback port is free.");

    private static int? TakeLoopbackPort(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        catch (Exception exception) when (exception is SocketException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    private void KeepLogShort()
    {
        const long longest = 16 * 1024 * 1024;
        if (File.Exists(location.Log) && new FileInfo(location.Log).Length > longest)
        {
            File.Move(location.Log, location.Log + ".1", overwrite: true);
        }
    }

    private async Task<string> LogSinceAsync(long position, CancellationToken cancellationToken)
    {
        if (!File.Exists(location.Log))
        {
            return "(no log was written)";
        }

        await using var log = new FileStream(location.Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        log.Position = Math.Min(position, log.Length);
        using var reader = new StreamReader(log);
        return (await reader.ReadToEndAsync(cancellationToken)).Trim();
    }

    private static (int Pid, bool Ready)? ReadPidFile(string path)
    {
        try
        {
            var lines = File.ReadAllLines(path);
            return lines.Length > 0 && int.TryParse(lines[0], CultureInfo.InvariantCulture, out var pid)
                ? (pid, lines.Length >= 8 && lines[7].Trim() == "ready")
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsAlive(int pid)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                // A server that nobody has reaped yet (in a container, say) is dead; its state stands after the name.
                var status = File.ReadAllText($"/proc/{pid}/stat");
                return status[(status.LastIndexOf(')') + 2)..] is not ['Z' or 'X', ..];
            }

            using var process = Process.GetProcessById(pid);
            return !process.HasExited;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool IsPostgres(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            return process.ProcessName.StartsWith("postgres", StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Made a database cluster of PostgreSQL {Major} in {Folder} in {Milliseconds:0} ms")]
    private static partial void LogClusterMade(ILogger logger, string folder, int major, double milliseconds);

    [LoggerMessage(2, LogLevel.Information, "Embedded PostgreSQL {Major} listens on 127.0.0.1:{Port} after {Milliseconds:0} ms")]
    private static partial void LogStarted(ILogger logger, int major, int port, double milliseconds);

    [LoggerMessage(3, LogLevel.Warning, "A PostgreSQL server ({Pid}) of an earlier Host still runs on {Folder}; stopping it")]
    private static partial void LogOrphan(ILogger logger, int pid, string folder);

    [LoggerMessage(4, LogLevel.Error, "The embedded PostgreSQL ended on its own; see {Log}")]
    private static partial void LogDied(ILogger logger, string log);

    [LoggerMessage(5, LogLevel.Critical, "The embedded PostgreSQL could not be started again; trying on")]
    private static partial void LogNotRestarted(ILogger logger, Exception exception);
}
