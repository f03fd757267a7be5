using System.Text;
using System.Text.Json;
using Commerce.EventStore.Execution;

namespace Commerce.EventStore.Reading;

/// <summary>The names that events are stored under, found by their bytes as the database sends them; those of no module here, and former ones, are learned on the way.</summary>
internal sealed class StoredNames
{
    // mt_events.type is a varchar(500).
    private const int LongestName = 500;

    private readonly StreamLoader _loader;
    private readonly Dictionary<string, StoredName> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredName>.AlternateLookup<ReadOnlySpan<char>> _lookup;

    /// <summary>Begins with the registered events.</summary>
    public StoredNames(EventTypes types, StreamLoader loader)
    {
        _loader = loader;
        _lookup = _names.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var type in types.Events)
        {
            _names.Add(type.Name, new StoredName(type.Name, _names.Count, utf8 => JsonSerializer.Deserialize(utf8, type.Json)!));
            All.Add(_names[type.Name]);
        }
    }

    /// <summary>Every name met so far, each at its <see cref="StoredName.Number"/>.</summary>
    public List<StoredName> All { get; } = [];

    /// <summary>The name that these bytes are.</summary>
    public StoredName Find(ReadOnlySpan<byte> utf8)
    {
        Span<char> text = stackalloc char[LongestName];
        return Find(text[..Encoding.UTF8.GetChars(utf8, text)]);
    }

    /// <summary>The name that this text is.</summary>
    public StoredName Find(ReadOnlySpan<char> text)
    {
        if (!_lookup.TryGetValue(text, out var name))
        {
            var unknown = text.ToString();
            _names.Add(unknown, name = new StoredName(unknown, _names.Count, body => _loader.Body(unknown, body.ToArray())));
            All.Add(name);
        }

        return name;
    }
}

/// <summary>A name that events are stored under.</summary>
/// <param name="Text">The name.</param>
/// <param name="Number">Its number among those met.</param>
/// <param name="Read">What a body under it is read as.</param>
internal sealed record StoredName(string Text, int Number, Func<ReadOnlySpan<byte>, object> Read)
{
    /// <summary>No name: before the first event and after the last.</summary>
    public static StoredName None { get; } = new("", -1, _ => throw new InvalidOperationException("There is no event here."));
}
