using System.Collections.Frozen;
using Commerce.EventStore;

namespace Commerce.Inventory;

/// <summary>A location as allocation and lists know it.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Priority">The lowest number serves first.</param>
/// <param name="Country">ISO 3166-1 alpha-2 of where it is, or null.</param>
/// <param name="Region">State or province, or null.</param>
/// <param name="Version">The version of its stream; a later one is what stands.</param>
internal sealed record KnownLocation(string Code, string Name, int Priority, string? Country = null, string? Region = null, long Version = 0);

/// <summary>
/// The locations as this process knows them. Locations are never closed, so an old snapshot can miss one, which a look into the database
/// settles, but never names one that is gone. Decisions read it instead of a stream that every order would share.
/// </summary>
internal sealed class LocationDirectory : ICommitListener
{
    private static readonly KnownLocation MainLocation = new(Location.Main, "Main", 0);

    private readonly Lock _gate = new();
    private volatile FrozenDictionary<string, KnownLocation> _current = Snapshot([MainLocation]);

    /// <summary>By code; always with <see cref="Location.Main"/>.</summary>
    internal FrozenDictionary<string, KnownLocation> Current => _current;

    /// <inheritdoc />
    public void Committed(IReadOnlyList<RecordedEvent> events)
    {
        foreach (var @event in events)
        {
            if (@event.Data is LocationOpened opened)
            {
                Add([new KnownLocation(opened.Code, opened.Name, opened.Priority, opened.Country, opened.Region, @event.Version)]);
            }
            else if (@event.Data is LocationRevised revised)
            {
                Add([new KnownLocation(revised.Code, revised.Name, revised.Priority, revised.Country, revised.Region, @event.Version)]);
            }
        }
    }

    internal void Add(IReadOnlyCollection<KnownLocation> locations)
    {
        lock (_gate)
        {
            if (locations.Any(location => !_current.TryGetValue(location.Code, out var known) || known.Version < location.Version))
            {
                _current = Snapshot(_current.Values.Concat(locations).GroupBy(location => location.Code, StringComparer.Ordinal).Select(known => known.MaxBy(one => one.Version)!));
            }
        }
    }

    private static FrozenDictionary<string, KnownLocation> Snapshot(IEnumerable<KnownLocation> locations) =>
        locations.ToFrozenDictionary(location => location.Code, StringComparer.Ordinal);
}
