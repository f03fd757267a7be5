using System.Text.Json.Serialization;
using Commerce.Outcomes;
using Npgsql;

namespace Commerce.EventStore.Tests;

public sealed record Counted(int By);

public sealed record Labelled(string Label);

public sealed record LimitSet(int Limit);

[Problem(409, "limit-reached", "The limit is reached")]
public sealed record LimitReached(int Limit) : Refusal($"The limit is {Limit}.");

/// <summary>The smallest aggregate that can refuse: a counter with a limit.</summary>
public sealed record Counter(int Value, int Limit, string? Label) : IAggregate<Counter>
{
    public static string StreamType => "counter";

    public static Counter Initial { get; } = new(0, int.MaxValue, null);

    public Decision Count(int by) => Value + (long)by > Limit ? new LimitReached(Limit) : Decision.Of(new Counted(by));

    public Counter Evolve(object @event) => @event switch
    {
        Counted counted => this with { Value = Value + counted.By },
        Labelled labelled => this with { Label = labelled.Label },
        LimitSet set => this with { Limit = set.Limit },
        _ => this,
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Counted))]
[JsonSerializable(typeof(Labelled))]
[JsonSerializable(typeof(LimitSet))]
public sealed partial class CounterJson : JsonSerializerContext;

/// <summary>Inline: the value of each counter, and a log of every change.</summary>
public sealed class CounterValues : IInlineProjection
{
    public string Name => "Test.CounterValues";

    public Type Aggregate => typeof(Counter);

    public IReadOnlyList<string> Tables => ["model.counter_values"];

    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch) =>
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            insert into model.counter_values (id, value, version) select * from unnest($1, $2, $3)
            on conflict (id) do update set value = excluded.value, version = excluded.version
            """)
        {
            Parameters =
            {
                new() { Value = changes.Select(c => c.StreamId).ToArray() },
                new() { Value = changes.Select(c => ((Counter)c.State).Value).ToArray() },
                new() { Value = changes.Select(c => c.Version).ToArray() },
            },
        });
}

/// <summary>Asynchronous: one row for each event in the order of delivery.</summary>
public sealed class CounterLog : ISubscription
{
    public string Name => "Test.CounterLog";

    public IReadOnlyCollection<Type> Handles => [typeof(Counted)];

    public string Role => "postgres";

    public IReadOnlyList<string> Tables => ["model.counter_log"];

    public Func<Counted, bool> FailOn { get; set; } = _ => false;

    public async Task HandleAsync(IReadOnlyList<Delivered> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        if (page.Any(delivered => FailOn((Counted)delivered.Message)))
        {
            throw new InvalidOperationException("told to fail");
        }

        await using var command = new NpgsqlCommand("insert into counter_log (event_id, stream_id, version, by_value) select * from unnest($1, $2, $3, $4)", connection, transaction)
        {
            Parameters =
            {
                new() { Value = page.Select(d => d.Event.Id).ToArray() },
                new() { Value = page.Select(d => d.Event.StreamId).ToArray() },
                new() { Value = page.Select(d => d.Event.Version).ToArray() },
                new() { Value = page.Select(d => ((Counted)d.Message).By).ToArray() },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
