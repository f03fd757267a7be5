using System.CommandLine;
using Commerce.Chaos;
using Commerce.Chaos.Faults;

var minutes = new Option<double>("--minutes") { Description = "How long the storm lasts.", DefaultValueFactory = _ => 2 };
var seed = new Option<int?>("--seed") { Description = "Repeats the order of an earlier run's faults and the callers' choices." };
var sabotage = new Option<string?>("--sabotage") { Description = "Plants a fault by SQL that must be found: exit code 1." };
sabotage.AcceptOnlyFromAmong(Sabotage.Kinds);
var callers = new Option<int>("--callers") { Description = "Callers at once.", DefaultValueFactory = _ => 16 };
var command = new RootCommand("Breaks two Hosts, PostgreSQL and Redis under load, then proves that every acknowledged write is there exactly once.") { minutes, seed, sabotage, callers };
command.SetAction((parsed, cancellationToken) => new ChaosRun(
    Environment.GetEnvironmentVariable("COMMERCE_ROOT") ?? Directory.GetCurrentDirectory(),
    TimeSpan.FromMinutes(Math.Clamp(parsed.GetValue(minutes), 0.1, 600)),
    parsed.GetValue(seed) ?? Random.Shared.Next(1, 1_000_000),
    parsed.GetValue(callers),
    parsed.GetValue(sabotage),
    Console.Out).RunAsync(cancellationToken));
return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(40) });
