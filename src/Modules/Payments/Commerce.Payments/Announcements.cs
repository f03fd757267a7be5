using Commerce.EventStore;
using Commerce.Payments.Contracts;

namespace Commerce.Payments;

/// <summary>The only place where this module's events become contracts.</summary>
internal sealed class Announcements : IAnnouncements
{
    /// <inheritdoc />
    public IReadOnlyDictionary<Type, IReadOnlyCollection<Type>> Announced { get; } = new Dictionary<Type, IReadOnlyCollection<Type>>
    {
        [typeof(PaymentMovedAnnouncement)] = [typeof(PaymentHeld), typeof(PaymentTaken), typeof(PaymentReturned)],
        [typeof(PaymentTurnedDownAnnouncement)] = [typeof(PaymentTurnedDown)],
    };

    /// <inheritdoc />
    public object? Announce(RecordedEvent @event) => @event.Data switch
    {
        PaymentHeld e => new PaymentMovedAnnouncement(@event.StreamId, "authorized", e.Amount, e.At),
        PaymentTaken e => new PaymentMovedAnnouncement(@event.StreamId, "captured", e.Amount, e.At),
        PaymentReturned e => new PaymentMovedAnnouncement(@event.StreamId, "refunded", e.Amount, e.At),
        PaymentTurnedDown e => new PaymentTurnedDownAnnouncement(@event.StreamId, e.At),
        _ => null,
    };
}
