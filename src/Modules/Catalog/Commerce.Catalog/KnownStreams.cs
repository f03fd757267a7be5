using Commerce.EventStore;
using Commerce.Outcomes;

namespace Commerce.Catalog;

/// <summary>What every change of a product or category begins with.</summary>
internal static class KnownStreams
{
    /// <summary>The stream, if there is such a product and it is at the version that the caller expects.</summary>
    public static Outcome<StagedStream<Product>> OfKnown(this StagedStream<Product> stream, long? expectedVersion) =>
        stream.Exists ? stream.Expect(expectedVersion) : new ProductUnknown();

    /// <summary>The stream, if there is such a category and it is at the version that the caller expects.</summary>
    public static Outcome<StagedStream<Category>> OfKnown(this StagedStream<Category> stream, long? expectedVersion) =>
        stream.State.Exists ? stream.Expect(expectedVersion) : new CategoryUnknown();
}
