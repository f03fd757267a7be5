using Commerce.EventStore;

namespace Commerce.Inventory.ReadModels;

/// <summary>One line of the ledger. An event over several locations is several lines, told apart by <paramref name="Part"/>.</summary>
internal sealed record Movement(
    string Sku, long Version, short Part, DateTimeOffset At, string Kind, string? Location, int OnHandChange, int ReservedChange,
    int OnHand, int Reserved, string Cause, string? Reference, string? Reason, string? Actor)
{
    private const string User = "user";
    private const string Order = "order";
    private const string Cart = "cart";
    private const string Return = "return";
    private const string Count = "count";
    private const string Transfer = "transfer";

    /// <summary>The events that move something; each of them makes a line at least.</summary>
    internal static readonly IReadOnlyCollection<Type> Kinds =
    [
        typeof(StockReceived), typeof(StockAdjusted), typeof(StockSentAway), typeof(StockArrived), typeof(StockLostInTransit), typeof(StockTransferred), typeof(StockReserved),
        typeof(StockHoldReleased), typeof(StockHoldExpired), typeof(StockAllocated), typeof(StockReleased), typeof(StockDispatched), typeof(StockReturned), typeof(StockHoldConverted),
    ];

    /// <summary>The lines of an event: none when nothing moved.</summary>
    internal static IEnumerable<Movement> Of(RecordedEvent e) => BundleOf(e.Data) is { } bundle ? Lines(e).Select(line => line with { Reason = $"bundle {bundle}" }) : Lines(e);

    private static string? BundleOf(object data) => data switch
    {
        StockAllocated e => e.Bundle,
        StockReleased e => e.Bundle,
        StockDispatched e => e.Bundle,
        StockReturned e => e.Bundle,
        _ => null,
    };

    private static IEnumerable<Movement> Lines(RecordedEvent e) => e.Data switch
    {
        StockReceived data => [Line(e, data, 0, "received", data.Location, data.Quantity, 0, User, data.Reference)],
        StockAdjusted data => [Line(e, data, 0, "adjusted", data.Location, data.Delta, 0, data.CountId is null ? User : Count, data.CountId is { } count ? Text(count) : null) with { Reason = data.Reason }],
        StockSentAway data => [Line(e, data, 0, "sentAway", data.From, -data.Quantity, 0, Transfer, Text(data.TransferId)) with { Reason = data.Reference }],
        StockArrived data => [Line(e, data, 0, "arrived", data.Location, data.Quantity, 0, Transfer, Text(data.TransferId))],
        StockLostInTransit data => [Line(e, data, 0, "lostInTransit", null, 0, 0, Transfer, Text(data.TransferId)) with { Reason = data.Reason }],
        StockTransferred data =>
        [
            Line(e, data, 0, "transferredOut", data.From, -data.Quantity, 0, User, data.Reference) with { OnHand = data.After.OnHand - data.Quantity },
            Line(e, data, 1, "transferredIn", data.To, data.Quantity, 0, User, data.Reference),
        ],
        StockReserved data => Promise(e, data, "reserved", data.Picks, 0, 1, Cart, Text(data.ReservationId)),
        StockHoldReleased data => [Line(e, data, 0, "reservationReleased", null, 0, -data.Quantity, Cart, Text(data.ReservationId))],
        StockHoldExpired data => [Line(e, data, 0, "reservationExpired", null, 0, -data.Quantity, Cart, Text(data.ReservationId))],
        StockAllocated data => Promise(e, data, "allocated", data.Picks, data.Backordered, 1, Order, Text(data.OrderId)),
        StockReleased data => Promise(e, data, "released", data.Picks, data.Backordered, -1, Order, Text(data.OrderId)),
        StockDispatched data => Dispatch(e, data),
        StockReturned data => [Line(e, data, 0, "return", data.Location, data.Quantity, 0, Return, Text(data.ReturnId))],
        StockHoldConverted data => [Line(e, data, 0, "reservationConverted", null, 0, -data.Returned, Order, Text(data.OrderId)) with { Reason = $"reservation {data.ReservationId:D}" }],
        StockHoldExtended or BackorderFilled or StockSettingsChanged or StockPreorderOpened or StockPreorderClosed or StockRanLow or StockRecovered => [],
        // A bundle has no goods: its ledger is that of its parts.
        StockBundled or BundleAllocated or BundleReleased or BundleDispatched or BundleReturned or BundleLevelTold => [],
        _ => throw new InvalidOperationException($"The ledger does not know {e.Name}."),
    };

    private static IEnumerable<Movement> Promise(
        RecordedEvent e, IStockEvent data, string kind, IReadOnlyList<StockPick> picks, int backordered, int sign, string cause, string reference)
    {
        // Each part shows the balance after itself: what the later parts add is taken off again.
        var still = picks.Sum(pick => pick.Quantity) + backordered;
        short part = 0;
        foreach (var pick in picks)
        {
            still -= pick.Quantity;
            yield return Line(e, data, part++, kind, pick.Location, 0, sign * pick.Quantity, cause, reference) with { Reserved = data.After.Reserved - (sign * still) };
        }

        if (backordered > 0)
        {
            yield return Line(e, data, part, kind, null, 0, sign * backordered, cause, reference);
        }
    }

    private static IEnumerable<Movement> Dispatch(RecordedEvent e, StockDispatched data)
    {
        var still = data.Picks.Sum(pick => pick.Quantity);
        short part = 0;
        foreach (var pick in data.Picks)
        {
            still -= pick.Quantity;
            yield return Line(e, data, part++, "dispatch", pick.Location, -pick.Quantity, -pick.Quantity, Order, Text(data.OrderId)) with
            {
                OnHand = data.After.OnHand + still,
                Reserved = data.After.Reserved + still,
            };
        }
    }

    private static Movement Line(
        RecordedEvent e, IStockEvent data, short part, string kind, string? location, int onHandChange, int reservedChange, string cause, string? reference) =>
        new(data.Sku, e.Version, part, e.Timestamp, kind, location, onHandChange, reservedChange, data.After.OnHand, data.After.Reserved, cause, reference, null, e.Actor);

    private static string Text(Guid id) => id.ToString("D");
}
