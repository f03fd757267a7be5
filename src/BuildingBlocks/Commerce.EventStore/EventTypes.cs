using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Commerce.EventStore;

/// <summary>One event type: its stable name, its CLR type and how its body is written.</summary>
/// <param name="Name">The name in <c>mt_events.type</c>; it never changes once an event was stored under it.</param>
/// <param name="ClrType">The CLR type, free to be renamed.</param>
/// <param name="Aggregate">The aggregate whose streams hold it.</param>
/// <param name="Json">Source-generated metadata of the body.</param>
public sealed record EventType(string Name, Type ClrType, Type Aggregate, JsonTypeInfo Json)
{
    /// <summary>"Namespace.Type, Assembly", for <c>mt_events.mt_dotnet_type</c>.</summary>
    public string DotnetType { get; } = $"{ClrType.FullName}, {ClrType.Assembly.GetName().Name}";
}

/// <summary>How a body stored under a former name becomes one of a current type.</summary>
/// <param name="FormerName">The stored name.</param>
/// <param name="CurrentName">The registered name whose type the result is read as.</param>
/// <param name="Upcast">From the stored JSON to that of the current type.</param>
public sealed record Upcaster(string FormerName, string CurrentName, Func<JsonObject, JsonObject> Upcast);

/// <summary>How a body stored under a former name becomes one or several of current types: an event that said too much at once, told in its parts since.</summary>
/// <param name="FormerName">The stored name.</param>
/// <param name="CurrentNames">Every name that a part may have; registered ones, or former ones that are read on.</param>
/// <param name="Split">From the stored JSON to the parts in order, at least one.</param>
public sealed record Splitter(string FormerName, IReadOnlyList<string> CurrentNames, Func<JsonObject, IReadOnlyList<(string Name, JsonObject Body)>> Split);

/// <summary>The body of a stored event that means several current ones. They share its place: its id, version and position.</summary>
/// <param name="Parts">Bodies of current types, in order, two or more.</param>
public sealed record SplitEvent(IReadOnlyList<object> Parts);

/// <summary>One kind of stream.</summary>
/// <param name="ClrType">The aggregate.</param>
/// <param name="StreamType">Its stable name in <c>mt_streams.type</c>.</param>
/// <param name="Initial">The state before the first event.</param>
/// <param name="Evolve">State and event to state.</param>
public sealed record AggregateType(Type ClrType, string StreamType, object Initial, Func<object, object, object> Evolve);

/// <summary>How the states of an aggregate are kept, so that its long streams need not be read from their beginning.</summary>
/// <param name="Aggregate">The aggregate.</param>
/// <param name="Format">Counted on whenever the written state, or what <c>Evolve</c> makes of an old event, changes.</param>
/// <param name="Save">A state as UTF-8 JSON.</param>
/// <param name="Restore">The state that was written.</param>
public sealed record SnapshotType(Type Aggregate, int Format, Func<object, byte[]> Save, Func<byte[], object> Restore);

/// <summary>Every event and aggregate of the shop, by name and by type.</summary>
public sealed class EventTypes
{
    private readonly FrozenDictionary<Type, EventType> _byType;
    private readonly FrozenDictionary<string, EventType> _byName;
    private readonly FrozenDictionary<string, Upcaster> _upcasters;
    private readonly FrozenDictionary<string, Splitter> _splitters;
    private readonly FrozenDictionary<Type, AggregateType> _aggregates;

    /// <summary>Checks that names and types are unique and that every upcaster and splitter ends at registered names.</summary>
    /// <exception cref="InvalidOperationException">They are not.</exception>
    public EventTypes(IEnumerable<EventType> events, IEnumerable<Upcaster> upcasters, IEnumerable<Splitter> splitters, IEnumerable<AggregateType> aggregates)
    {
        var all = events.ToList();
        Unique(all.Select(e => e.Name), "event name");
        Unique(all.Select(e => e.ClrType.FullName!), "event type");
        _byType = all.ToFrozenDictionary(e => e.ClrType);
        _byName = all.ToFrozenDictionary(e => e.Name, StringComparer.Ordinal);
        var casts = upcasters.ToList();
        var splits = splitters.ToList();
        Unique(casts.Select(u => u.FormerName).Concat(splits.Select(s => s.FormerName)).Concat(all.Select(e => e.Name)), "event or former event name");
        _upcasters = casts.ToFrozenDictionary(u => u.FormerName, StringComparer.Ordinal);
        _splitters = splits.ToFrozenDictionary(s => s.FormerName, StringComparer.Ordinal);
        foreach (var cast in casts.Where(cast => !Knows(cast.CurrentName)))
        {
            throw new InvalidOperationException($"The upcaster of '{cast.FormerName}' ends at '{cast.CurrentName}', which nobody registered.");
        }

        foreach (var (former, current) in splits.SelectMany(split => split.CurrentNames.Where(name => !Knows(name)).Select(name => (split.FormerName, name))))
        {
            throw new InvalidOperationException($"The splitter of '{former}' ends at '{current}', which nobody registered.");
        }

        var kinds = aggregates.ToList();
        Unique(kinds.Select(a => a.StreamType), "stream type");
        _aggregates = kinds.ToFrozenDictionary(a => a.ClrType);
    }

    /// <summary>All event types.</summary>
    public IReadOnlyCollection<EventType> Events => _byType.Values;

    /// <summary>All aggregates.</summary>
    public IReadOnlyCollection<AggregateType> Aggregates => _aggregates.Values;

    /// <summary>The registration of an event's CLR type.</summary>
    /// <exception cref="InvalidOperationException">Nobody registered it.</exception>
    public EventType Of(Type clrType) =>
        _byType.TryGetValue(clrType, out var type) ? type : throw new InvalidOperationException($"{clrType} is no registered event.");

    /// <summary>The registration of an aggregate.</summary>
    /// <exception cref="InvalidOperationException">Nobody registered it.</exception>
    public AggregateType Aggregate(Type clrType) =>
        _aggregates.TryGetValue(clrType, out var type) ? type : throw new InvalidOperationException($"{clrType} is no registered aggregate.");

    /// <summary>All stored names, former ones included, under which events of these types may stand.</summary>
    public string[] NamesOf(IEnumerable<Type> clrTypes)
    {
        var names = clrTypes.Select(type => Of(type).Name).ToHashSet(StringComparer.Ordinal);
        for (var known = 0; known != names.Count;)
        {
            known = names.Count;
            names.UnionWith(_upcasters.Values.Where(cast => names.Contains(cast.CurrentName)).Select(cast => cast.FormerName));
            names.UnionWith(_splitters.Values.Where(split => split.CurrentNames.Any(names.Contains)).Select(split => split.FormerName));
        }

        return [.. names];
    }

    /// <summary>The body as UTF-8 JSON for <c>mt_events.data</c>.</summary>
    public static byte[] Serialize(object data, EventType type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return JsonSerializer.SerializeToUtf8Bytes(data, type.Json);
    }

    /// <summary>Reads a stored body, upcasting a former one first; one that means several events is a <see cref="SplitEvent"/>.</summary>
    /// <exception cref="InvalidOperationException">Nobody knows this name.</exception>
    public object Deserialize(string name, ReadOnlySpan<byte> utf8)
    {
        if (_byName.TryGetValue(name, out var type))
        {
            return JsonSerializer.Deserialize(utf8, type.Json)!;
        }

        var parts = new List<object>(1);
        Read(name, JsonNode.Parse(utf8)!.AsObject(), parts);
        return parts.Count == 1 ? parts[0] : new SplitEvent(parts);
    }

    /// <summary>The CLR type that every body of this stored name is read as; null where that is known only when it is read.</summary>
    internal Type? KindOf(string name)
    {
        while (_upcasters.TryGetValue(name, out var cast))
        {
            name = cast.CurrentName;
        }

        return _byName.TryGetValue(name, out var type) ? type.ClrType : null;
    }

    /// <summary>Whether events of this stored name can be read.</summary>
    public bool Knows(string name) => _byName.ContainsKey(name) || _upcasters.ContainsKey(name) || _splitters.ContainsKey(name);

    private void Read(string name, JsonObject body, List<object> parts)
    {
        while (_upcasters.TryGetValue(name, out var cast))
        {
            body = cast.Upcast(body);
            name = cast.CurrentName;
        }

        if (_byName.TryGetValue(name, out var type))
        {
            parts.Add(body.Deserialize(type.Json)!);
            return;
        }

        if (!_splitters.TryGetValue(name, out var split))
        {
            throw new InvalidOperationException($"The store holds an event '{name}' that nobody registered.");
        }

        var told = split.Split(body);
        if (told.Count == 0 || told.FirstOrDefault(part => !split.CurrentNames.Contains(part.Name, StringComparer.Ordinal)) is { Name: not null })
        {
            throw new InvalidOperationException($"The splitter of '{name}' gave no part, or one of a name that it does not list.");
        }

        foreach (var (partName, partBody) in told)
        {
            Read(partName, partBody, parts);
        }
    }

    private static void Unique(IEnumerable<string> names, string what)
    {
        var twice = names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
        {
            throw new InvalidOperationException($"The {what} '{twice.Key}' is registered twice.");
        }
    }
}
