using System.Diagnostics;
using Commerce.Chaos.Load;
using Commerce.EmbeddedPostgres;

namespace Commerce.Chaos.Faults;

/// <summary>Injects every fault in a random order, again and again, now and then two at once. The seed gives the same order.</summary>
internal sealed class FaultStorm(Scene scene, Journal journal, int seed, TextWriter output)
{
    private readonly Dictionary<string, int> _injected = new(StringComparer.Ordinal);
    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>How often each fault was injected.</summary>
    public IReadOnlyDictionary<string, int> Injected => _injected;

    /// <summary>Until the end; each fault that has begun is mended first.</summary>
    public async Task RunAsync(CancellationToken end, CancellationToken abort)
    {
        var chance = new Random(seed);
        var faults = Fault.For(scene);
        var waiting = new Queue<Fault>();
        while (!end.IsCancellationRequested)
        {
            if (waiting.Count < 2)
            {
                var order = faults.ToArray();
                chance.Shuffle(order);
                Array.ForEach(order, waiting.Enqueue);
            }

            var (one, other) = (waiting.Dequeue(), chance.Next(4) == 0 ? waiting.Dequeue() : null);
            var pause = chance.Next(500, 3000);
            var (first, second) = (new Random(chance.Next()), new Random(chance.Next()));
            await Task.WhenAll(InjectAsync(one, first, abort), other is null ? Task.CompletedTask : InjectAsync(other, second, abort));
            await scene.Database.WaitUntilUpAsync(abort);
            await ReviveAsync(abort);
            await Task.Delay(pause, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A Host that nobody killed must not end, whatever happens around it.</summary>
    private async Task ReviveAsync(CancellationToken abort)
    {
        foreach (var host in scene.Hosts.Where(host => host.EndedByItself))
        {
            journal.Violation($"{host.Name} ended by itself; its log ends:\n{host.Tail()}");
            await host.KillAsync();
            await host.StartAsync(scene.Root, abort);
            await host.WaitUntilReadyAsync(abort);
        }
    }

    private async Task InjectAsync(Fault fault, Random chance, CancellationToken abort)
    {
        lock (_injected)
        {
            _injected[fault.Name] = _injected.GetValueOrDefault(fault.Name) + 1;
        }

        await output.WriteLineAsync($"  {Stopwatch.GetElapsedTime(_started):mm\\:ss}  {fault.Name}");
        journal.Write("fault", new { fault.Name });
        try
        {
            await fault.InjectAsync(scene, chance, abort);
        }
        catch (Exception met) when (met is Npgsql.NpgsqlException or EmbeddedPostgresException or IOException or System.Net.Sockets.SocketException)
        {
            // Two faults at once: the database or Redis was away when this one wanted to reach it, or PostgreSQL could not recover onto a full disk.
            // What has to be up again is awaited after both.
            journal.Write("fault-met-fault", new { fault.Name, met.Message });
        }
    }
}
