using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Commerce.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.EmbeddedPostgres.Tests;

[UnsupportedOSPlatform("windows")]
public sealed class EmbeddedPostgresServerTests
{
    private const UnixFileMode OthersMayAnything =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    [Fact]
    public async Task A_started_server_answers_and_folds_the_case_of_every_script()
    {
        using var folder = new ClusterFolder();
        await using var server = await folder.StartAsync();

        server.MajorVersion.ShouldBeGreaterThanOrEqualTo(15);
        (await ScalarAsync(server.ConnectionString, "select current_database()")).ShouldBe("commerce");
        (await ScalarAsync(server.ConnectionString, "select lower('ÀΣЖ')")).ShouldBe("àσж");
        (await ScalarAsync(server.ConnectionString, "show data_checksums")).ShouldBe("on");
        (await ScalarAsync(server.ConnectionString, "show server_encoding")).ShouldBe("UTF8");
    }

    [Theory]
    [InlineData("pg_trgm")]
    [InlineData("unaccent")]
    [InlineData("fuzzystrmatch")]
    [InlineData("btree_gin")]
    [InlineData("pg_stat_statements")]
    public async Task The_extensions_that_the_modules_build_on_are_there(string extension)
    {
        await using var database = await TestPostgres.CreateDatabaseAsync();
        await ScalarAsync(database.ConnectionString, $"create extension {extension}");
    }

    [Fact]
    public async Task A_client_without_the_right_password_is_refused()
    {
        using var folder = new ClusterFolder();
        await using var server = await folder.StartAsync();
        var guess = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Password = "postgres", Pooling = false };

        var refusal = await Should.ThrowAsync<PostgresException>(() => ScalarAsync(guess.ConnectionString, "select 1"));

        refusal.SqlState.ShouldBe(PostgresErrorCodes.InvalidPassword);
    }

    [Fact]
    public async Task Other_accounts_can_read_neither_data_nor_password_nor_reach_the_socket()
    {
        using var folder = new ClusterFolder();
        await using var server = await folder.StartAsync();

        (File.GetUnixFileMode(folder.Path) & OthersMayAnything).ShouldBe(UnixFileMode.None);
        (File.GetUnixFileMode(Path.Combine(folder.Path, "password")) & OthersMayAnything).ShouldBe(UnixFileMode.None);
        (File.GetUnixFileMode(Path.Combine(folder.Path, "pgdata")) & OthersMayAnything).ShouldBe(UnixFileMode.None);
        (File.GetUnixFileMode(Path.Combine(folder.Path, "settings.conf")) & OthersMayAnything).ShouldBe(UnixFileMode.None);
        (File.GetUnixFileMode(server.SocketDirectory!) & OthersMayAnything).ShouldBe(UnixFileMode.None);
        (await ScalarAsync(server.ConnectionString, "show listen_addresses")).ShouldBe("127.0.0.1");
        var bySocket = new NpgsqlConnectionStringBuilder(server.ConnectionString) { Host = server.SocketDirectory };
        (await ScalarAsync(bySocket.ConnectionString, "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task The_server_never_runs_as_root()
    {
        using var folder = new ClusterFolder();
        await using var server = await folder.StartAsync();

        var status = await File.ReadAllLinesAsync($"/proc/{server.ProcessId}/status");

        var ids = status.Single(line => line.StartsWith("Uid:", StringComparison.Ordinal)).Split('\t')[1..];
        ids.ShouldNotContain("0");
        var capabilities = status.Single(line => line.StartsWith("CapEff:", StringComparison.Ordinal)).Split('\t')[1];
        ulong.Parse(capabilities, NumberStyles.HexNumber, CultureInfo.InvariantCulture).ShouldBe(0UL);
    }

    [Fact]
    public async Task A_second_start_keeps_the_data_the_password_and_the_port()
    {
        using var folder = new ClusterFolder();
        string first;
        await using (var server = await folder.StartAsync())
        {
            first = server.ConnectionString;
            await ScalarAsync(first, "create table kept (n int); insert into kept values (42)");
        }

        NpgsqlConnection.ClearAllPools();
        await using var again = await folder.StartAsync();

        again.ConnectionString.ShouldBe(first);
        (await ScalarAsync(again.ConnectionString, "select n from kept")).ShouldBe(42);
    }

    [Fact]
    public async Task Two_servers_live_side_by_side()
    {
        using var left = new ClusterFolder();
        using var right = new ClusterFolder();
        var servers = await Task.WhenAll(left.StartAsync(), right.StartAsync());
        await using var one = servers[0];
        await using var two = servers[1];

        one.Port.ShouldNotBe(two.Port);
        await ScalarAsync(one.ConnectionString, "create table here (n int)");
        (await ScalarAsync(two.ConnectionString, "select to_regclass('here')::text")).ShouldBe(DBNull.Value);
    }

    [Fact]
    public async Task A_second_host_on_one_folder_is_told_who_has_it()
    {
        using var folder = new ClusterFolder();
        await using var server = await folder.StartAsync();

        var refusal = await Should.ThrowAsync<EmbeddedPostgresException>(folder.StartAsync);

        refusal.Message.ShouldContain($"in use by process {Environment.ProcessId}");
        (await ScalarAsync(server.ConnectionString, "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_killed_server_is_started_again_on_the_same_port_and_keeps_what_it_committed()
    {
        using var folder = new ClusterFolder();
        await using var server = await EmbeddedPostgresServer.StartAsync(
            folder.Options with { Durable = true }, NullLogger.Instance);
        await ScalarAsync(server.ConnectionString, "create table kept (n int); insert into kept values (42)");
        var before = server.ConnectionString;

        using (var postmaster = Process.GetProcessById(server.ProcessId!.Value))
        {
            postmaster.Kill();
        }

        NpgsqlConnection.ClearAllPools();
        (await EventuallyAsync(before, "select n from kept")).ShouldBe(42);
        server.ConnectionString.ShouldBe(before);
    }

    [Fact]
    public async Task A_killed_host_takes_its_server_along_and_the_next_start_keeps_what_was_committed()
    {
        using var folder = new ClusterFolder();
        using var host = StartHost(folder.Path);
        var connectionString = (await host.StandardOutput.ReadLineAsync())!;
        await ScalarAsync(connectionString, "create table kept (n int); insert into kept values (42)");
        var server = ServerPid(folder.Path);

        host.Kill();
        NpgsqlConnection.ClearAllPools();

        // Started at once, while the old server may still be stopping.
        await using var next = await folder.StartAsync();
        (await ScalarAsync(next.ConnectionString, "select n from kept")).ShouldBe(42);
        IsRunning(server).ShouldBeFalse();
    }

    [Fact]
    public async Task Without_a_next_start_the_server_of_a_killed_host_stops_by_itself()
    {
        using var folder = new ClusterFolder();
        using var host = StartHost(folder.Path);
        await host.StandardOutput.ReadLineAsync();
        var server = ServerPid(folder.Path);

        host.Kill();

        await GoneAsync(server);
    }

    [Fact]
    public async Task A_server_whose_supervisor_is_killed_too_stops_by_itself()
    {
        using var folder = new ClusterFolder();
        using var host = StartHost(folder.Path);
        await host.StandardOutput.ReadLineAsync();
        var server = ServerPid(folder.Path);
        var parent = (await File.ReadAllTextAsync($"/proc/{server}/stat")).Split(')')[1].Split(' ')[2];

        using (var supervisor = Process.GetProcessById(int.Parse(parent, CultureInfo.InvariantCulture)))
        {
            supervisor.ProcessName.ShouldNotStartWith("postgres");
            supervisor.Kill();
        }

        host.Kill();
        await GoneAsync(server);
    }

    [Fact]
    public async Task A_pid_file_that_names_a_stranger_does_not_hinder_a_start()
    {
        using var folder = new ClusterFolder();
        await using (await folder.StartAsync())
        {
        }

        // What a killed server leaves, after its process number went to somebody else: to this test.
        await File.WriteAllTextAsync(
            Path.Combine(folder.Path, "pgdata", "postmaster.pid"), $"{Environment.ProcessId}\n{folder.Path}/pgdata\n0\n1\n\n127.0.0.1\n0 0\nready\n");

        await using var again = await folder.StartAsync();
        (await ScalarAsync(again.ConnectionString, "select 1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_cluster_below_a_closed_folder_is_reached_all_the_same_and_goes_with_it()
    {
        var closed = Directory.CreateTempSubdirectory("commerce-test-closed-");
        try
        {
            using var folder = new ClusterFolder(closed.FullName);
            string logFile;
            await using (var server = await folder.StartAsync())
            {
                logFile = server.LogFile;
                await ScalarAsync(server.ConnectionString, "create table kept (n int); insert into kept values (42)");
            }

            NpgsqlConnection.ClearAllPools();
            await using var again = await EmbeddedPostgresServer.StartAsync(
                folder.Options with { DeleteOnStop = true }, NullLogger.Instance);
            again.LogFile.ShouldBe(logFile);
            (await ScalarAsync(again.ConnectionString, "select n from kept")).ShouldBe(42);

            await again.StopAsync();
            Directory.Exists(folder.Path).ShouldBeFalse();
            File.Exists(logFile).ShouldBeFalse();
        }
        finally
        {
            closed.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_folder_that_holds_something_else_is_left_alone()
    {
        using var folder = new ClusterFolder();
        Directory.CreateDirectory(folder.Path);
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "thesis.txt"), "years of work");

        var refusal = await Should.ThrowAsync<EmbeddedPostgresException>(folder.StartAsync);

        refusal.Message.ShouldContain("something else");
        Directory.GetFileSystemEntries(folder.Path).Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_cluster_of_another_version_is_not_touched()
    {
        using var folder = new ClusterFolder();
        await using (await folder.StartAsync())
        {
        }

        await File.WriteAllTextAsync(Path.Combine(folder.Path, "pgdata", "PG_VERSION"), "14\n");

        var refusal = await Should.ThrowAsync<EmbeddedPostgresException>(folder.StartAsync);
        refusal.Message.ShouldContain("PostgreSQL 14");
    }

    [Fact]
    public async Task A_wrong_setting_is_reported_with_the_servers_own_words()
    {
        using var folder = new ClusterFolder();
        var options = folder.Options with { Settings = new Dictionary<string, string> { ["shared_buffers"] = "plenty" } };

        var refusal = await Should.ThrowAsync<EmbeddedPostgresException>(
            () => EmbeddedPostgresServer.StartAsync(options, NullLogger.Instance));

        refusal.Message.ShouldContain("shared_buffers");
    }

    [Fact]
    public async Task A_start_that_fails_leaves_nothing_of_a_cluster_that_was_to_be_thrown_away()
    {
        using var folder = new ClusterFolder();
        var options = folder.Options with { BinariesDirectory = "/nowhere", DeleteOnStop = true };

        await Should.ThrowAsync<EmbeddedPostgresException>(() => EmbeddedPostgresServer.StartAsync(options, NullLogger.Instance));

        Directory.Exists(folder.Path).ShouldBeFalse();
    }

    [Fact]
    public void Missing_binaries_are_told_with_the_way_to_get_them()
    {
        using var folder = new ClusterFolder();
        Should.Throw<EmbeddedPostgresException>(() => PostgresBinaries.Find(folder.Path)).Message.ShouldContain(folder.Path);
    }

    [Fact]
    public async Task Binaries_below_a_closed_folder_are_copied_for_the_server_and_their_library_links_restored()
    {
        var account = await ServerAccount.FindAsync(CancellationToken.None);
        var closed = Directory.CreateTempSubdirectory("commerce-test-closed-");
        var native = Path.GetDirectoryName(PostgresBinaries.Find(null))!;
        if (!account.IsSeparate || !File.Exists(Path.Combine(native, "pg-symlinks.json")))
        {
            // Only root hands binaries to another account, and only npm's package lacks links.
            return;
        }

        try
        {
            await Command.RequireAsync(["cp", "-a", native, closed.FullName], CancellationToken.None);
            await Command.RequireAsync(["find", closed.FullName, "-type", "l", "-delete"], CancellationToken.None);

            var binaries = await PostgresBinaries.PrepareAsync(
                Path.Combine(closed.FullName, "native", "bin"), account, CancellationToken.None);

            binaries.Bin.ShouldStartWith("/var/cache/");
            Directory.EnumerateFiles(Path.Combine(closed.FullName, "native", "lib")).ShouldContain(file => new FileInfo(file).LinkTarget != null);
            binaries.Major.ShouldBeGreaterThanOrEqualTo(18);
            var again = await PostgresBinaries.PrepareAsync(
                Path.Combine(closed.FullName, "native", "bin"), account, CancellationToken.None);
            again.ShouldBe(binaries);
        }
        finally
        {
            // The copy stays: another checkout of this machine may run from it.
            closed.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_port_of_somebody_else_is_named_in_the_refusal()
    {
        using var folder = new ClusterFolder();
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        var taken = ((System.Net.IPEndPoint)other.LocalEndpoint).Port;
        var options = folder.Options with { Port = taken };

        var refusal = await Should.ThrowAsync<EmbeddedPostgresException>(
            () => EmbeddedPostgresServer.StartAsync(options, NullLogger.Instance));

        refusal.Message.ShouldContain("Address already in use");
    }

    [Fact]
    public async Task A_server_left_running_by_nobody_is_stopped_by_the_next_start()
    {
        using var folder = new ClusterFolder();
        var account = await ServerAccount.FindAsync(CancellationToken.None);
        string bin;
        await using (var server = await folder.StartAsync())
        {
            bin = server.PgBin;
            await ScalarAsync(server.ConnectionString, "create table kept (n int); insert into kept values (42)");
        }

        // Without our shell around it, as after a kill that no shell survived to notice.
        await Command.RequireAsync(
            account.As(Path.Combine(bin, "pg_ctl"), "start", "-w", "-D", Path.Combine(folder.Path, "pgdata"), "-l", "/dev/null"),
            CancellationToken.None);
        var orphan = ServerPid(folder.Path);

        NpgsqlConnection.ClearAllPools();
        await using var next = await folder.StartAsync();

        IsRunning(orphan).ShouldBeFalse();
        (await ScalarAsync(next.ConnectionString, "select n from kept")).ShouldBe(42);
    }

    private static Process StartHost(string folder)
    {
        var target = Path.Combine(AppContext.BaseDirectory, "Commerce.EmbeddedPostgres.KillTarget.dll");
        return Process.Start(new ProcessStartInfo("dotnet", [target, folder]) { RedirectStandardOutput = true })!;
    }

    private static int ServerPid(string folder) =>
        int.Parse(File.ReadLines(Path.Combine(folder, "pgdata", "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    // A process that ended and waits for its parent to notice is gone for us.
    private static bool IsRunning(int pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task GoneAsync(int pid)
    {
        var waited = Stopwatch.StartNew();
        while (IsRunning(pid))
        {
            waited.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20), "the server still runs");
            await Task.Delay(20);
        }
    }

    private static async Task<object?> EventuallyAsync(string connectionString, string sql)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return await ScalarAsync(connectionString, sql);
            }
            catch (NpgsqlException) when (waited.Elapsed < TimeSpan.FromSeconds(20))
            {
                await Task.Delay(50);
            }
        }
    }

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }
}
