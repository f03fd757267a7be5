using Commerce.EventStore;

namespace Commerce.Inventory;

internal enum ReservationStatus
{
    None,
    Open,
    Released,
    Expired,
    Converted,
}

/// <summary>Units of several SKUs held together until an instant. Its lines never change once made.</summary>
internal sealed record Reservation : IAggregate<Reservation>
{
    /// <summary>The status as the events have it; <see cref="StatusAt"/> is what holds at an instant.</summary>
    internal ReservationStatus Recorded { get; private init; }

    /// <inheritdoc />
    public static string StreamType => "reservation";

    /// <inheritdoc />
    public static Reservation Initial { get; } = new();

    internal IReadOnlyList<ReservedLine> Lines { get; private init; } = [];

    internal DateTimeOffset ExpiresAt { get; private init; }

    /// <summary>The order that took its units.</summary>
    internal Guid? OrderId { get; private init; }

    /// <summary>The status at an instant: time ends a reservation, recorded or not.</summary>
    internal ReservationStatus StatusAt(DateTimeOffset now) =>
        Recorded == ReservationStatus.Open && ExpiresAt <= now ? ReservationStatus.Expired : Recorded;

    /// <summary>The status as the wire says it.</summary>
    internal static string Word(ReservationStatus status) => status switch
    {
        ReservationStatus.Open => "open",
        ReservationStatus.Released => "released",
        ReservationStatus.Expired => "expired",
        ReservationStatus.Converted => "converted",
        ReservationStatus.None => "none",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };

    /// <summary>Makes it. The same lines under the same id while it is open are the same wish, said twice.</summary>
    internal Decision Make(Guid id, IReadOnlyList<ReservedLine> lines, DateTimeOffset expiresAt, DateTimeOffset now) => StatusAt(now) switch
    {
        ReservationStatus.None => Decision.Of(new ReservationMade(lines, expiresAt)),
        ReservationStatus.Open when lines.SequenceEqual(Lines) => Decision.Nothing,
        _ => new ReservationExists(id),
    };

    /// <summary>Extends it; an earlier end than the present one shortens it.</summary>
    internal Decision Extend(Guid id, DateTimeOffset expiresAt, DateTimeOffset now) => StatusAt(now) switch
    {
        ReservationStatus.Open when expiresAt == ExpiresAt => Decision.Nothing,
        ReservationStatus.Open => Decision.Of(new ReservationExtended(expiresAt)),
        ReservationStatus.None => new ReservationNotFound(id),
        var ended => new ReservationEnded(id, Word(ended)),
    };

    /// <summary>Gives it up; an ended one stays ended.</summary>
    internal Decision Release(Guid id, DateTimeOffset now) => StatusAt(now) switch
    {
        ReservationStatus.None => new ReservationNotFound(id),
        ReservationStatus.Open => Decision.Of(new ReservationReleased()),
        _ => Expire(now),
    };

    /// <summary>Becomes an order's.</summary>
    internal Decision Convert(Guid id, Guid orderId, DateTimeOffset now) => StatusAt(now) switch
    {
        ReservationStatus.Open => Decision.Of(new ReservationConverted(orderId)),
        ReservationStatus.None => new ReservationNotFound(id),
        var ended => new ReservationEnded(id, Word(ended)),
    };

    /// <summary>Records that its time has passed.</summary>
    internal Decision Expire(DateTimeOffset now) =>
        Recorded == ReservationStatus.Open && ExpiresAt <= now ? Decision.Of(new ReservationExpired(ExpiresAt)) : Decision.Nothing;

    /// <inheritdoc />
    public Reservation Evolve(object @event) => @event switch
    {
        ReservationMade e => this with { Recorded = ReservationStatus.Open, Lines = e.Lines, ExpiresAt = e.ExpiresAt },
        ReservationExtended e => this with { ExpiresAt = e.ExpiresAt },
        ReservationReleased => this with { Recorded = ReservationStatus.Released },
        ReservationExpired => this with { Recorded = ReservationStatus.Expired },
        ReservationConverted e => this with { Recorded = ReservationStatus.Converted, OrderId = e.OrderId },
        _ => this,
    };
}
