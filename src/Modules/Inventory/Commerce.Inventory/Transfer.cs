using System.Collections.Immutable;
using Commerce.EventStore;
using Commerce.Outcomes;

namespace Commerce.Inventory;

/// <summary>Goods left one location for another.</summary>
internal sealed record TransferDispatched(string From, string To, IReadOnlyList<TransferredUnits> Lines, string? Reference, DateTimeOffset DispatchedAt);

/// <summary>Some or all of them arrived.</summary>
internal sealed record TransferReceived(IReadOnlyList<TransferredUnits> Lines, DateTimeOffset ReceivedAt);

/// <summary>Some or all of them will not arrive.</summary>
internal sealed record TransferUnitsLost(IReadOnlyList<TransferredUnits> Lines, string Reason, DateTimeOffset LostAt);

/// <summary>Units of one SKU on their way.</summary>
internal sealed record TransferredUnits(string Sku, int Quantity);

/// <summary>What became of the units of one SKU.</summary>
internal sealed record TransferLine(string Sku, int Quantity, int Received, int Lost)
{
    internal int Outstanding => Quantity - Received - Lost;
}

/// <summary>Goods on their way between two locations: gone from the one, not yet at the other, and for sale at neither.</summary>
internal sealed record Transfer : IAggregate<Transfer>
{
    /// <inheritdoc />
    public static string StreamType => "stock_transfer";

    /// <inheritdoc />
    public static Transfer Initial { get; } = new();

    internal string From { get; private init; } = "";

    internal string To { get; private init; } = "";

    internal string? Reference { get; private init; }

    internal DateTimeOffset DispatchedAt { get; private init; }

    internal ImmutableArray<TransferLine> Lines { get; private init; } = [];

    /// <summary>The status as the wire says it.</summary>
    internal string Status =>
        Lines.Any(line => line.Outstanding > 0) ? (Lines.Any(line => line.Outstanding < line.Quantity) ? "partiallyReceived" : "inTransit") : "completed";

    /// <summary>Takes units off what is on its way; null is all that is.</summary>
    internal Decision Arrive(IReadOnlyList<TransferredUnits>? asked, Func<IReadOnlyList<TransferredUnits>, object> fact)
    {
        IReadOnlyList<TransferredUnits> units = asked ?? [.. Lines.Where(line => line.Outstanding > 0).Select(line => new TransferredUnits(line.Sku, line.Outstanding))];
        var beyond = units
            .Select(unit => new UnitsNotInTransit(unit.Sku, unit.Quantity, Lines.FirstOrDefault(line => line.Sku == unit.Sku)?.Outstanding ?? 0))
            .Where(unit => unit.Requested > unit.InTransit)
            .ToList();
        return beyond.Count > 0 ? new TransferExceeded(beyond) : units.Count == 0 ? Decision.Nothing : Decision.Of(fact(units));
    }

    /// <inheritdoc />
    public Transfer Evolve(object @event) => @event switch
    {
        TransferDispatched e => this with
        {
            From = e.From, To = e.To, Reference = e.Reference, DispatchedAt = e.DispatchedAt, Lines = [.. e.Lines.Select(line => new TransferLine(line.Sku, line.Quantity, 0, 0))],
        },
        TransferReceived e => this with { Lines = With(e.Lines, (line, units) => line with { Received = line.Received + units }) },
        TransferUnitsLost e => this with { Lines = With(e.Lines, (line, units) => line with { Lost = line.Lost + units }) },
        _ => this,
    };

    private ImmutableArray<TransferLine> With(IReadOnlyList<TransferredUnits> units, Func<TransferLine, int, TransferLine> change) =>
        [.. Lines.Select(line => units.Where(unit => unit.Sku == line.Sku).Sum(unit => unit.Quantity) is > 0 and var some ? change(line, some) : line)];
}

/// <summary>There is no such transfer.</summary>
[Problem(404, "transfer-not-found", "There is no such transfer")]
internal sealed record TransferNotFound(Guid TransferId) : Refusal($"There is no transfer {TransferId}.");

/// <summary>More units than are on their way.</summary>
/// <param name="Lines">Each SKU of which too many were named.</param>
[Problem(409, "transfer-exceeded", "The transfer has fewer units on their way")]
internal sealed record TransferExceeded(IReadOnlyList<UnitsNotInTransit> Lines) : Refusal("Fewer units of some SKUs are on their way; see lines.");

/// <summary>A SKU of which fewer units are on their way than were named.</summary>
internal sealed record UnitsNotInTransit(string Sku, int Requested, int InTransit);

/// <summary>A transfer as the wire shows it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Status">inTransit, partiallyReceived or completed.</param>
/// <param name="From">Where the goods left.</param>
/// <param name="To">Where they go.</param>
/// <param name="Reference">What the sender calls it.</param>
/// <param name="Lines">What became of each SKU's units.</param>
/// <param name="DispatchedAt">When they left.</param>
/// <param name="Version">The stream's version; the <c>ETag</c>.</param>
internal sealed record TransferDetails(
    Guid Id, string Status, string From, string To, string? Reference, IReadOnlyList<TransferLineDetails> Lines, DateTimeOffset DispatchedAt, long Version)
{
    internal static TransferDetails Of(Guid id, Transfer transfer, long version) => new(
        id, transfer.Status, transfer.From, transfer.To, transfer.Reference,
        [.. transfer.Lines.Select(line => new TransferLineDetails(line.Sku, line.Quantity, line.Received, line.Lost, line.Outstanding))], transfer.DispatchedAt, version);
}

/// <summary>What became of the units of one SKU.</summary>
internal sealed record TransferLineDetails(string Sku, int Quantity, int Received, int Lost, int InTransit);
