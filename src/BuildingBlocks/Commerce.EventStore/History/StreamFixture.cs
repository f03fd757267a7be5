using System.Text.Json;
using System.Text.Json.Nodes;

namespace Commerce.EventStore.History;

/// <summary>
/// A stream as a file: its events as they are stored, under the names and in the shapes of their time, for a test to begin from. Reading one upcasts as reading the
/// store does, so a fixture goes on working when its events have grown.
/// </summary>
/// <param name="StreamType">The kind of stream, <c>mt_streams.type</c>.</param>
/// <param name="StreamId">The stream's id.</param>
/// <param name="Events">The events in order.</param>
public sealed record StreamFixture(string StreamType, Guid StreamId, IReadOnlyList<StoredEvent> Events)
{
    private static readonly JsonSerializerOptions Indented = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>Reads what <see cref="ToString"/> wrote, or the answer of the operations route.</summary>
    /// <exception cref="JsonException">It is no fixture.</exception>
    public static StreamFixture Parse(string json) => JsonSerializer.Deserialize<StreamFixture>(json, Indented) is { StreamType: not null, Events: not null } fixture
        ? fixture
        : throw new JsonException("This is no stream fixture.");

    /// <summary>The state that the events fold into, and their number's last version.</summary>
    /// <exception cref="InvalidOperationException">The stream is one of another aggregate, or holds an event that nobody registered.</exception>
    public (TAggregate State, long Version) Fold<TAggregate>(EventTypes types)
        where TAggregate : class, IAggregate<TAggregate>
    {
        ArgumentNullException.ThrowIfNull(types);
        if (StreamType != TAggregate.StreamType)
        {
            throw new InvalidOperationException($"The fixture holds a stream of '{StreamType}', not of '{TAggregate.StreamType}'.");
        }

        return (Bodies(types).Aggregate(TAggregate.Initial, (state, body) => state.Evolve(body)), Events.Count > 0 ? Events[^1].Version : 0);
    }

    /// <summary>The bodies in order, each of a current type.</summary>
    /// <exception cref="InvalidOperationException">The stream holds an event that nobody registered.</exception>
    public IReadOnlyList<object> Bodies(EventTypes types)
    {
        ArgumentNullException.ThrowIfNull(types);
        return [.. Events.SelectMany(stored => types.Deserialize(stored.Type, JsonSerializer.SerializeToUtf8Bytes(stored.Data)) is var body && body is SplitEvent split ? split.Parts : [body])];
    }

    /// <summary>Indented JSON, as a fixture file holds it.</summary>
    public override string ToString() => JsonSerializer.Serialize(this, Indented) + "\n";

    /// <summary>A body without what proves a secret, at any depth: fields whose name ends with <c>Hash</c>. A fixture lands in a repository, a feed in many places.</summary>
    /// <param name="body">A JSON object, as events are stored.</param>
    public static JsonElement WithoutSecrets(JsonObject body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Clean(body);
        return JsonSerializer.SerializeToElement(body);
    }

    private static void Clean(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject body:
                foreach (var name in body.Select(property => property.Key).ToList())
                {
                    if (name.EndsWith("Hash", StringComparison.Ordinal))
                    {
                        body.Remove(name);
                    }
                    else
                    {
                        Clean(body[name]);
                    }
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    Clean(item);
                }

                break;
            default:
                break;
        }
    }
}

/// <summary>One event as it is stored.</summary>
/// <param name="Type">The stored name.</param>
/// <param name="Version">Its place in the stream.</param>
/// <param name="Timestamp">When it was decided, UTC.</param>
/// <param name="Data">The stored body, without secrets.</param>
public sealed record StoredEvent(string Type, long Version, DateTimeOffset Timestamp, JsonElement Data);
