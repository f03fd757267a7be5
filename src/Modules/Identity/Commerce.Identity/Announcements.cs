using Commerce.EventStore;
using Commerce.Identity.Contracts;

namespace Commerce.Identity;

/// <summary>Own event to contract: the module's only translator.</summary>
internal sealed class Announcements : IAnnouncements
{
    /// <inheritdoc />
    public IReadOnlyDictionary<Type, IReadOnlyCollection<Type>> Announced { get; } = new Dictionary<Type, IReadOnlyCollection<Type>>
    {
        [typeof(CustomerRegisteredAnnouncement)] = [typeof(CustomerRegistered)],
    };

    /// <inheritdoc />
    public object? Announce(RecordedEvent @event) =>
        @event.Data is CustomerRegistered ? new CustomerRegisteredAnnouncement(@event.StreamId, @event.Timestamp) : null;
}
