using System.Globalization;
using System.Text.Json;
using Commerce.Chaos.Faults;
using Commerce.Chaos.Load;
using Commerce.Chaos.Proof;
using Commerce.Chaos.Servers;
using Commerce.Testing;

namespace Commerce.Chaos;

/// <summary>One run from the first start to the verdict. Everything that it starts ends with it; everything listens on the loopback address alone.</summary>
internal sealed class ChaosRun(string root, TimeSpan duration, int seed, int callers, string? sabotage, TextWriter output)
{
    // Everything after the storm: outcomes of what was under way, the journal's proof, the verification.
    private static readonly TimeSpan Aftermath = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LastOutcomes = TimeSpan.FromSeconds(90);

    public async Task<int> RunAsync(CancellationToken cancelled)
    {
        var folder = Path.Combine(root, ".commerce", $"chaos-{Environment.ProcessId}");
        Directory.CreateDirectory(folder);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
        bound.CancelAfter(duration + Aftermath);
        var failed = true;
        try
        {
            using var journal = new Journal(Path.Combine(folder, "journal.ndjson"));
            failed = !await RunAsync(folder, journal, bound.Token);
            return failed ? 1 : 0;
        }
        catch (OperationCanceledException)
        {
            await output.WriteLineAsync(cancelled.IsCancellationRequested ? "Interrupted." : $"The run did not end within {duration + Aftermath}.");
            return 1;
        }
        finally
        {
            if (failed)
            {
                await output.WriteLineAsync($"The journal and the logs are in {Path.GetRelativePath(root, folder)}.");
            }
            else
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    private async Task<bool> RunAsync(string folder, Journal journal, CancellationToken bound)
    {
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Chaos for {duration.TotalMinutes:0.#} minutes, seed {seed}, {callers} callers{(sabotage is null ? "" : $", sabotage {sabotage}")}"));
        await using var database = await ChaosDatabase.StartAsync(folder, bound);
        await using var redis = await TestRedis.StartAsync(bound);
        var settings = Settings(folder, database, redis);
        await using var one = new HostProcess("host-1", folder, settings);
        await using var two = new HostProcess("host-2", folder, settings);
        var scene = new Scene(root, [one, two], database, redis);
        await one.StartAsync(root, bound);
        await one.WaitUntilReadyAsync(bound);
        await two.StartAsync(root, bound);
        await two.WaitUntilReadyAsync(bound);

        using var client = new ShopClient(scene.Hosts, journal);
        var load = new ShopLoad(client, journal, seed);
        await load.StockAsync(bound);
        await output.WriteLineAsync(database.Disk is null
            ? "  left out: a full disk (needs a mount namespace; run as root through ./dev chaos)"
            : "  the database has a small disk of its own");

        var opened = (await database.QueryAsync("select min(timestamp) from events.mt_events", reader => reader.GetDateTime(0), bound))[0];
        var storm = new FaultStorm(scene, journal, seed, output);
        await StormAsync(storm, load, database, journal, bound);

        await output.WriteLineAsync("The storm is over; looking at what stands");
        using (var deadline = CancellationTokenSource.CreateLinkedTokenSource(bound))
        {
            deadline.CancelAfter(TimeSpan.FromMinutes(8));
            await load.ReleaseAllAsync(deadline.Token);
            await new JournalProof(client, database, journal).RunAsync(deadline.Token);
            await CaughtUpAsync(client, journal, deadline.Token);
        }

        // Tells that the clock of the Hosts really was another one for a while.
        var jumped = await database.QueryAsync("select count(*) from events.mt_events where timestamp not between $1 and now()", reader => reader.GetInt64(0), bound, opened);
        await Task.WhenAll(one.StopAsync(), two.StopAsync());
        var (exitCode, verified) = await VerifyRun.RunAsync(root, database.HostConnectionString, bound);
        await TellAsync(storm, journal, jumped[0], exitCode, verified);
        return exitCode == 0 && !journal.HasViolations;
    }

    private async Task StormAsync(FaultStorm storm, ShopLoad load, ChaosDatabase database, Journal journal, CancellationToken bound)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(bound);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(bound);
        var busy = Enumerable.Range(0, callers).Select(caller => load.RunCallerAsync(caller, end.Token, deadline.Token)).ToList();
        using var calm = CancellationTokenSource.CreateLinkedTokenSource(bound);
        calm.CancelAfter(duration);
        var faults = storm.RunAsync(calm.Token, bound);
        if (sabotage is not null)
        {
            await Task.Delay(duration / 2, bound);
            await output.WriteLineAsync($"  planted: {sabotage} at {await Sabotage.PlantAsync(sabotage, database, journal, bound)}");
        }

        await faults;
        await Task.Delay(TimeSpan.FromSeconds(2), bound);
        await end.CancelAsync();
        deadline.CancelAfter(LastOutcomes);
        await Task.WhenAll(busy);
    }

    /// <summary>Read models that follow are compared with a replay, so they must have arrived.</summary>
    private static async Task CaughtUpAsync(ShopClient client, Journal journal, CancellationToken deadline)
    {
        var until = DateTimeOffset.UtcNow.AddSeconds(60);
        var behind = "nothing was read";
        // Both Hosts are asked in turn, and a Host knows best of what it runs itself.
        for (var good = 0; good < 4;)
        {
            if (DateTimeOffset.UtcNow > until)
            {
                journal.Violation($"read models did not catch up: {behind}");
                return;
            }

            if (await client.ReadAsync(HttpMethod.Get, "projections", deadline, asStaff: true) is { Status: System.Net.HttpStatusCode.OK } read)
            {
                var late = JsonSerializer.Deserialize<JsonElement>(read.Body).GetProperty("items").EnumerateArray()
                    .Where(item => item.GetProperty("lagEvents").GetInt64() > 0 || item.GetProperty("error").ValueKind == JsonValueKind.String)
                    .Select(item => item.GetRawText()).ToList();
                behind = string.Join("; ", late);
                good = late.Count == 0 ? good + 1 : 0;
            }

            await Task.Delay(300, deadline);
        }
    }

    private async Task TellAsync(FaultStorm storm, Journal journal, long jumped, int exitCode, string verified)
    {
        await output.WriteLineAsync("\nInjected:");
        foreach (var (name, count) in storm.Injected.OrderBy(fault => fault.Key, StringComparer.Ordinal))
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"  {count,5}  {name}"));
        }

        var cancelled = journal.Orders.Count(order => order.Cancelled is not null);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"""

            Acknowledged: {journal.Orders.Count:N0} orders, {cancelled:N0} of them cancelled, {journal.Orders.Count(order => order.Parcels > 0):N0} sent, {journal.Orders.Count(order => order.Returned.Count > 0):N0} returned; {journal.RefusedOrders.Count:N0} refused; {journal.Receipts.Count:N0} receipts; {journal.Reservations.Count:N0} reservations
            Attempts without an answer, tried again: {journal.Retries:N0}; reads with a token: {journal.Reads:N0}; repeats compared byte by byte: {journal.Replays:N0}; events stamped by a jumped clock: {jumped:N0}

            verify:
            """));
        // What holds and how far it was is for who runs it by hand.
        string[] quiet = ["  holds", "  read model", "  events:", "  streams and"];
        foreach (var line in verified.Split('\n').Where(line => line.Trim().Length > 0 && !quiet.Any(start => line.StartsWith(start, StringComparison.Ordinal))))
        {
            await output.WriteLineAsync("  " + line.TrimEnd());
        }

        var found = journal.Violations.ToList();
        await output.WriteLineAsync(found.Count == 0 ? "\nJournal: everything acknowledged is there exactly once, everything refused left nothing." : "\nFOUND:");
        foreach (var violation in found.Take(40))
        {
            await output.WriteLineAsync($"  {violation}");
        }

        await output.WriteLineAsync(found.Count == 0 && exitCode == 0 ? "\nNothing lost, nothing doubled, nothing violated." : "\nFAILED.");
    }

    private static Dictionary<string, string> Settings(string folder, ChaosDatabase database, TestRedis redis) => new(StringComparer.Ordinal)
    {
        ["ConnectionStrings__Postgres"] = database.HostConnectionString,
        ["ConnectionStrings__Redis"] = redis.ConnectionString,
        ["COMMERCE_BOOTSTRAP_API_KEY"] = ShopClient.StaffKey,
        // Keys and addresses that the Hosts leave for tools stay in this run's folder.
        ["COMMERCE_ROOT"] = folder,
        ["DOTNET_STARTUP_HOOKS"] = typeof(Clock.JumpingClock).Assembly.Location,
        ["ASPNETCORE_HOSTINGSTARTUPASSEMBLIES"] = typeof(Clock.JumpingClock).Assembly.GetName().Name!,
    };
}
