using System.Collections.Frozen;

namespace Commerce.Inventory;

/// <summary>A location as allocation and lists know it.</summary>
internal sealed record KnownLocation(string Code, string Name, int Priority);

/// <summary>
/// The locations as this process last read them. Locations are only ever added, so an old snapshot can miss one, which a look into the database
/// settles, but never names one that is gone. Decisions read it instead of a stream that every order would share.
/// </summary>
internal sealed class LocationDirectory
{
    private static readonly KnownLocation MainLocation = new(Location.Main, "Main", 0);

    private volatile FrozenDictionary<string, KnownLocation> _current = Snapshot([]);

    /// <summary>By code; always with <see cref="Location.Main"/>.</summary>
    internal FrozenDictionary<string, KnownLocation> Current => _current;

    internal void Replace(IEnumerable<KnownLocation> opened) => _current = Snapshot(opened);

    private static FrozenDictionary<string, KnownLocation> Snapshot(IEnumerable<KnownLocation> opened) =>
        opened.Append(MainLocation).ToFrozenDictionary(location => location.Code, StringComparer.Ordinal);
}
