using System.Collections.Immutable;
using Commerce.EventStore;
using Commerce.Outcomes;

namespace Commerce.Inventory;

/// <summary>Somebody goes to count these SKUs at a location.</summary>
/// <param name="Location">Where.</param>
/// <param name="Reference">What the counter calls it.</param>
/// <param name="Lines">What the books said when the count began.</param>
/// <param name="OpenedAt">When.</param>
internal sealed record CountOpened(string Location, string? Reference, IReadOnlyList<BookedUnits> Lines, DateTimeOffset OpenedAt);

/// <summary>What the books said of a SKU at a version of its stock.</summary>
internal sealed record BookedUnits(string Sku, long Version, int OnHand);

/// <summary>So many units were seen, when the books were at this version and said this much.</summary>
internal sealed record CountLineRecorded(string Sku, int Counted, long Version, int OnHand, DateTimeOffset CountedAt);

/// <summary>The books say what was seen.</summary>
/// <param name="Differences">Units more, or less, than the books had said.</param>
/// <param name="CompletedAt">When.</param>
internal sealed record CountCompleted(IReadOnlyList<CountedDifference> Differences, DateTimeOffset CompletedAt);

/// <summary>Units of a SKU that the books had wrong.</summary>
internal sealed record CountedDifference(string Sku, int Delta);

/// <summary>A SKU in a count.</summary>
internal sealed record CountLine(string Sku, long Version, int OnHand, int? Counted);

/// <summary>
/// A count of goods at a location by compare-and-set: each line says what was seen and what the books said then. When goods have moved since, the line is
/// not applied to other books than those it was compared with; it is counted again. Promises to orders move no goods and are no conflict.
/// </summary>
internal sealed record StockCount : IAggregate<StockCount>
{
    /// <inheritdoc />
    public static string StreamType => "stock_count";

    /// <inheritdoc />
    public static StockCount Initial { get; } = new();

    internal string Location { get; private init; } = "";

    internal string? Reference { get; private init; }

    internal ImmutableArray<CountLine> Lines { get; private init; } = [];

    internal ImmutableArray<CountedDifference>? Differences { get; private init; }

    /// <summary>Takes down what was seen of a SKU; a later look replaces an earlier one.</summary>
    internal Decision Record(Guid id, CountLineRecorded seen) =>
        Location.Length == 0 ? new CountNotFound(id)
        : Differences is not null ? new CountIsCompleted(id)
        : Decision.Of(seen);

    /// <summary>Ends the count with the differences; the caller compared every line with the books as they are now.</summary>
    internal Decision Complete(Guid id, IReadOnlyList<CountConflictLine> conflicts, DateTimeOffset now) =>
        Location.Length == 0 ? new CountNotFound(id)
        : Differences is not null ? Decision.Nothing
        : conflicts.Count > 0 ? new CountConflict(conflicts)
        : Decision.Of(new CountCompleted(
            [.. Lines.Where(line => line.Counted is { } seen && seen != line.OnHand).Select(line => new CountedDifference(line.Sku, line.Counted!.Value - line.OnHand))], now));

    /// <inheritdoc />
    public StockCount Evolve(object @event) => @event switch
    {
        CountOpened e => this with { Location = e.Location, Reference = e.Reference, Lines = [.. e.Lines.Select(line => new CountLine(line.Sku, line.Version, line.OnHand, null))] },
        CountLineRecorded e => this with { Lines = Lines.RemoveAll(line => line.Sku == e.Sku).Add(new CountLine(e.Sku, e.Version, e.OnHand, e.Counted)) },
        CountCompleted e => this with { Differences = [.. e.Differences] },
        _ => this,
    };
}

/// <summary>There is no such count.</summary>
[Problem(404, "count-not-found", "There is no such count")]
internal sealed record CountNotFound(Guid CountId) : Refusal($"There is no count {CountId}.");

/// <summary>The count's differences were booked.</summary>
[Problem(409, "count-completed", "The count is completed")]
internal sealed record CountIsCompleted(Guid CountId) : Refusal($"The count {CountId} is completed; open a new one.");

/// <summary>Goods moved between the look and the booking.</summary>
/// <param name="Conflicts">Each SKU whose books say another number of units than they did when it was counted.</param>
[Problem(409, "count-conflict", "Goods moved since they were counted")]
internal sealed record CountConflict(IReadOnlyList<CountConflictLine> Conflicts) : Refusal("Goods of some SKUs moved since they were counted; look again at those in conflicts.");

/// <summary>A SKU whose books moved since it was counted.</summary>
internal sealed record CountConflictLine(string Sku, long SeenVersion, int SeenOnHand, long CurrentVersion, int CurrentOnHand);

/// <summary>A count as the wire shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status">open or completed.</param>
/// <param name="Location">Where is counted.</param>
/// <param name="Reference">What the counter calls it.</param>
/// <param name="Lines">Each SKU with what the books said and what was seen, in the order of the last look.</param>
/// <param name="Differences">What was booked, once completed.</param>
/// <param name="Version">The stream's version; the <c>ETag</c>.</param>
internal sealed record CountDetails(
    Guid Id, string Status, string Location, string? Reference, IReadOnlyList<CountLine> Lines, IReadOnlyList<CountedDifference>? Differences, long Version)
{
    internal static CountDetails Of(Guid id, StockCount count, long version) => new(
        id, count.Differences is null ? "open" : "completed", count.Location, count.Reference, count.Lines, count.Differences is { } differences ? [.. differences] : null, version);
}
