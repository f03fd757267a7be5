using System.Collections.Frozen;
using Commerce.EventStore;

namespace Commerce.Inventory;

/// <summary>
/// The bundles as this process knows them. A bundle's parts never change, so an old snapshot can miss one but never tells wrong parts; what is true stands in
/// the bundle's stream, and a decision that finds a bundle whose parts were not named refuses. Without bundles it costs an order one look into an empty table.
/// </summary>
internal sealed class BundleDirectory : ICommitListener
{
    private readonly Lock _gate = new();
    private volatile FrozenDictionary<string, IReadOnlyList<BundlePart>> _current = FrozenDictionary<string, IReadOnlyList<BundlePart>>.Empty;

    /// <summary>The parts by bundle.</summary>
    internal FrozenDictionary<string, IReadOnlyList<BundlePart>> Current => _current;

    /// <inheritdoc />
    public void Committed(IReadOnlyList<RecordedEvent> events)
    {
        foreach (var @event in events)
        {
            if (@event.Data is StockBundled bundled)
            {
                Add([new(bundled.Sku, bundled.Parts)]);
            }
        }
    }

    internal void Add(IReadOnlyCollection<KeyValuePair<string, IReadOnlyList<BundlePart>>> bundles)
    {
        lock (_gate)
        {
            if (bundles.Any(bundle => !_current.ContainsKey(bundle.Key)))
            {
                _current = _current.Concat(bundles.Where(bundle => !_current.ContainsKey(bundle.Key))).ToFrozenDictionary(StringComparer.Ordinal);
            }
        }
    }

    /// <summary>The lines with every bundle as its parts, one line per SKU.</summary>
    internal IReadOnlyList<ReservedLine> Unpacked(IReadOnlyList<ReservedLine> lines)
    {
        var known = _current;
        return !lines.Any(line => known.ContainsKey(line.Sku))
            ? lines
            : [.. lines
                .SelectMany(line => known.TryGetValue(line.Sku, out var parts) ? parts.Select(part => new ReservedLine(part.Sku, checked(part.Quantity * line.Quantity))) : [line])
                .GroupBy(line => line.Sku, StringComparer.Ordinal)
                .Select(sku => new ReservedLine(sku.Key, sku.Sum(line => line.Quantity)))];
    }
}
