using Commerce.EventStore;
using Commerce.Pricing.Contracts;

namespace Commerce.Pricing;

/// <summary>The only place where this module's events become contracts.</summary>
internal sealed class Announcements : IAnnouncements
{
    /// <inheritdoc />
    public IReadOnlyDictionary<Type, IReadOnlyCollection<Type>> Announced { get; } = new Dictionary<Type, IReadOnlyCollection<Type>>
    {
        [typeof(DiscountUseAnnouncement)] = [typeof(DiscountUsed), typeof(DiscountUseReturned)],
    };

    /// <inheritdoc />
    public object? Announce(RecordedEvent @event) => @event.Data switch
    {
        DiscountUsed used => new DiscountUseAnnouncement(@event.StreamId, used.OrderId, true),
        DiscountUseReturned returned => new DiscountUseAnnouncement(@event.StreamId, returned.OrderId, false),
        _ => null,
    };
}
