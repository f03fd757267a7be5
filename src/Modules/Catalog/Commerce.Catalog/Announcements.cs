using Commerce.Catalog.Contracts;
using Commerce.EventStore;

namespace Commerce.Catalog;

/// <summary>The module's only translator: what a product's event means to the other modules.</summary>
internal sealed class Announcements : IAnnouncements
{
    /// <inheritdoc />
    public IReadOnlyDictionary<Type, IReadOnlyCollection<Type>> Announced { get; } = new Dictionary<Type, IReadOnlyCollection<Type>>
    {
        [typeof(ProductChangedAnnouncement)] =
        [
            typeof(ProductCreated), typeof(ProductRevised), typeof(ProductPublished), typeof(PublicationScheduled), typeof(ProductWithdrawn), typeof(ProductArchived),
            typeof(VariantAdded), typeof(VariantRemoved),
        ],
    };

    /// <inheritdoc />
    public object? Announce(RecordedEvent @event)
    {
        ArgumentNullException.ThrowIfNull(@event);
        return @event.Data switch
        {
            ProductCreated e => Announce(@event, new ProductListing(e.Slug, e.Status, Names(e.Translations), e.CategoryIds, e.Attributes, [.. e.Variants.Select(variant => variant.Sku)])),
            ProductRevised e => Announce(@event, new ProductListing(e.Slug, e.Status, Names(e.Translations), e.CategoryIds, e.Attributes, e.Skus)),
            ProductPublished e => Announce(@event, e.Listing),
            // Ahead of its time: whoever shows products asks for their cards, which settle what is shown when.
            PublicationScheduled e => Announce(@event, e.Listing),
            ProductWithdrawn e => Announce(@event, e.Listing),
            ProductArchived e => Announce(@event, e.Listing),
            VariantAdded e => Announce(@event, e.Listing),
            VariantRemoved e => Announce(@event, e.Listing),
            _ => null,
        };
    }

    private static ProductChangedAnnouncement Announce(RecordedEvent @event, ProductListing listing) =>
        new(@event.StreamId, listing.Slug, listing.Status, listing.Names, listing.CategoryIds, listing.Attributes, listing.Skus);

    private static Dictionary<string, string> Names(IReadOnlyDictionary<string, ProductText> translations) =>
        translations.ToDictionary(pair => pair.Key, pair => pair.Value.Name);
}
