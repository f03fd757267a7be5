using System.Text.Json;
using System.Text.Json.Nodes;
using Commerce.EventStore;
using Commerce.EventStore.Execution;
using Commerce.EventStore.History;
using Commerce.Outcomes;

namespace Commerce.Host.Operations;

/// <summary>An event as operators see it.</summary>
internal sealed record EventResponse(
    string Position,
    Guid Id,
    string Type,
    Guid StreamId,
    long Version,
    DateTimeOffset Timestamp,
    string? Actor,
    string? CorrelationId,
    string? CausationId,
    JsonElement Data)
{
    public static EventResponse Of(RecordedEvent e, EventTypes types) => new(
        e.Position.ToString(), e.Id, e.Name, e.StreamId, e.Version, e.Timestamp, e.Actor, e.CorrelationId, e.CausationId,
        StreamFixture.WithoutSecrets((e.Data is UnknownEvent { Json: var stored } ? JsonNode.Parse(stored) : JsonSerializer.SerializeToNode(e.Data, types.Of(e.Data.GetType()).Json))!.AsObject()));
}

/// <summary>What both event feeds are asked with.</summary>
internal static class EventFeed
{
    /// <summary>The position and names of a request, or what is wrong with them.</summary>
    public static Outcome<(EventPosition After, string[]? Names)> Read(string? after, string? types, EventTypes known)
    {
        var position = EventPosition.Start;
        if (!string.IsNullOrEmpty(after) && !EventPosition.TryParse(after, out position))
        {
            return ValidationFailed.Of("after", "The position of an event, or the next of the page before.");
        }

        var names = types?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names?.FirstOrDefault(name => !known.Knows(name)) is { } unknown
            ? ValidationFailed.Of("types", $"There is no event type '{unknown}'.")
            : (position, names is { Length: > 0 } ? names : null);
    }
}
