using Commerce.EventStore;
using Commerce.Outcomes;

namespace Commerce.Catalog;

/// <summary>What every change of a product begins with.</summary>
internal static class ProductStreams
{
    /// <summary>The stream, if there is such a product and it is at the version that the caller expects.</summary>
    public static Outcome<StagedStream<Product>> OfKnown(this StagedStream<Product> stream, long? expectedVersion) =>
        stream.Exists ? stream.Expect(expectedVersion) : new ProductUnknown();
}
