using System.Globalization;
using Commerce.Chaos.Servers;
using Npgsql;

namespace Commerce.Chaos.Faults;

/// <summary>What the faults can reach.</summary>
internal sealed record Scene(string Root, IReadOnlyList<HostProcess> Hosts, ChaosDatabase Database, Commerce.Testing.TestRedis Redis);

/// <summary>Something that breaks, and mends again before it returns.</summary>
internal sealed record Fault(string Name, Func<Scene, Random, CancellationToken, Task> InjectAsync)
{
    private const string Ours = "usename like 'commerce%'";

    /// <summary>Every fault that this machine allows.</summary>
    public static IReadOnlyList<Fault> For(Scene scene) =>
    [
        new("Host killed (SIGKILL) and started again", KillHostAsync),
        new("Host frozen (SIGSTOP) for seconds", FreezeHostAsync),
        new("PostgreSQL restarted in immediate mode", (at, _, token) => at.Database.RestartImmediatelyAsync(token)),
        new("every connection of the shop terminated", (at, _, token) => TerminateAsync(at, Ours, token)),
        new("PostgreSQL backends frozen mid-work", FreezeBackendsAsync),
        new("connections exhausted", ExhaustAsync),
        new("Redis stopped", StopRedisAsync),
        new("Redis flushed", (at, _, token) => at.Redis.FlushAsync(token)),
        new("wall clock of a Host jumped", JumpAsync),
        .. scene.Database.Disk is null ? (Fault[])[] : [new("disk full", FillDiskAsync)],
    ];

    private static async Task KillHostAsync(Scene scene, Random chance, CancellationToken cancellationToken)
    {
        var host = scene.Hosts[chance.Next(scene.Hosts.Count)];
        await host.KillAsync();
        await Task.Delay(chance.Next(1000), cancellationToken);
        await host.StartAsync(scene.Root, cancellationToken);
        await host.WaitUntilReadyAsync(cancellationToken);
    }

    private static async Task FreezeHostAsync(Scene scene, Random chance, CancellationToken cancellationToken)
    {
        var host = scene.Hosts[chance.Next(scene.Hosts.Count)];
        host.Freeze();
        try
        {
            await Task.Delay(chance.Next(500, 6000), cancellationToken);
        }
        finally
        {
            host.Thaw();
        }
    }

    private static async Task FreezeBackendsAsync(Scene scene, Random chance, CancellationToken cancellationToken)
    {
        // Those that work at this moment: a frozen one holds its locks, and its Host waits for an answer that does not come.
        var frozen = await PidsAsync(scene, $"{Ours} and state <> 'idle'", cancellationToken);
        frozen.ForEach(Signals.Stop);
        try
        {
            await Task.Delay(chance.Next(500, 4000), cancellationToken);
        }
        finally
        {
            frozen.ForEach(Signals.Continue);
        }
    }

    private static async Task ExhaustAsync(Scene scene, Random chance, CancellationToken cancellationToken)
    {
        var held = new List<NpgsqlConnection>();
        try
        {
            // Half of the shop's connections go, and others take their places before they are opened again.
            await TerminateAsync(scene, $"{Ours} and pid % 2 = 0", cancellationToken);
            while (held.Count < ChaosDatabase.MaxConnections)
            {
                held.Add(await scene.Database.OpenAsync(cancellationToken));
            }
        }
        catch (NpgsqlException full) when (full is not PostgresException { SqlState: not PostgresErrorCodes.TooManyConnections })
        {
            // As it should be.
        }

        await Task.Delay(chance.Next(500, 3000), cancellationToken);
        foreach (var connection in held)
        {
            await connection.DisposeAsync();
        }
    }

    private static async Task StopRedisAsync(Scene scene, Random chance, CancellationToken cancellationToken)
    {
        await scene.Redis.StopAsync(cancellationToken);
        await Task.Delay(chance.Next(300, 3000), cancellationToken);
        await scene.Redis.ResumeAsync(cancellationToken);
    }

    private static async Task JumpAsync(Scene scene, Random chance, CancellationToken cancellationToken)
    {
        var host = scene.Hosts[chance.Next(scene.Hosts.Count)];
        double[] seconds = [-3600, -61, -5, 5, 61, 3600, 86_400];
        await File.WriteAllTextAsync(host.Clock, seconds[chance.Next(seconds.Length)].ToString(CultureInfo.InvariantCulture), cancellationToken);
        await Task.Delay(chance.Next(500, 4000), cancellationToken);
        await File.WriteAllTextAsync(host.Clock, "0", CancellationToken.None);
    }

    private static async Task FillDiskAsync(Scene scene, Random chance, CancellationToken cancellationToken)
    {
        var ballast = Path.Combine(scene.Database.Disk!, "ballast");
        try
        {
            await using (var file = new FileStream(ballast, FileMode.Create, FileAccess.Write, FileShare.None, 0))
            {
                var block = new byte[1024 * 1024];
                try
                {
                    while (!cancellationToken.IsCancellationRequested)
                    {
                        await file.WriteAsync(block, cancellationToken);
                    }
                }
                catch (IOException)
                {
                    // Full, but for what is left of a block.
                }
            }

            await Task.Delay(chance.Next(500, 4000), cancellationToken);
        }
        finally
        {
            File.Delete(ballast);
        }

        await scene.Database.WaitUntilUpAsync(cancellationToken);
    }

    private static async Task TerminateAsync(Scene scene, string which, CancellationToken cancellationToken) =>
        await scene.Database.QueryAsync($"select pg_terminate_backend(pid) from pg_stat_activity where {which}", reader => reader.GetBoolean(0), cancellationToken);

    private static Task<List<int>> PidsAsync(Scene scene, string which, CancellationToken cancellationToken) =>
        scene.Database.QueryAsync($"select pid from pg_stat_activity where {which}", reader => reader.GetInt32(0), cancellationToken);
}
