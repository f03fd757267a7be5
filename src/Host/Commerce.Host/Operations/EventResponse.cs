using System.Text.Json;
using System.Text.Json.Nodes;
using Commerce.EventStore;
using Commerce.EventStore.Execution;
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
        WithoutSecrets(e.Data is UnknownEvent { Json: var stored } ? JsonSerializer.Deserialize<JsonElement>(stored) : JsonSerializer.SerializeToElement(e.Data, types.Of(e.Data.GetType()).Json)));

    /// <summary>Hashes of secrets prove a secret to the shop; no operator needs them, and a feed is copied into many places.</summary>
    private static JsonElement WithoutSecrets(JsonElement data)
    {
        if (data.ValueKind != JsonValueKind.Object || !data.EnumerateObject().Any(IsSecret))
        {
            return data;
        }

        return JsonSerializer.SerializeToElement(new JsonObject(data.EnumerateObject().Where(property => !IsSecret(property))
            .Select(property => KeyValuePair.Create<string, JsonNode?>(property.Name, property.Value.ValueKind == JsonValueKind.Null ? null : JsonNode.Parse(property.Value.GetRawText())))));
    }

    private static bool IsSecret(JsonProperty property) => property.Name.EndsWith("Hash", StringComparison.Ordinal);
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
