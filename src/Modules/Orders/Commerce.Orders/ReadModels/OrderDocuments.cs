using System.Text.Json;
using Commerce.EventStore;
using Commerce.Orders.Billing;
using Commerce.ReadModels;
using Commerce.Web;

namespace Commerce.Orders.ReadModels;

/// <summary>Orders as bytes: the same JSON in the answer to a write, in the row and in the past.</summary>
internal static class OrderDocuments
{
    private static readonly JsonSerializerOptions Wire = Options();

    /// <summary>The body that <c>GET /orders/{id}</c> sends.</summary>
    public static byte[] Bytes(Guid id, long version, Order order) => JsonSerializer.SerializeToUtf8Bytes(OrderResponse.Of(id, version, order), Wire);

    /// <summary>Reads a row's document.</summary>
    public static OrderResponse Read(byte[] document) => JsonSerializer.Deserialize<OrderResponse>(document, Wire)!;

    /// <summary>An invoice or credit note for its row.</summary>
    public static byte[] Bytes(IssuedDocument document) => JsonSerializer.SerializeToUtf8Bytes(document, Wire);

    /// <summary>Reads the document of such a row.</summary>
    public static IssuedDocument ReadIssued(byte[] document) => JsonSerializer.Deserialize<IssuedDocument>(document, Wire)!;

    /// <summary>A document with the version as its tag.</summary>
    public static CacheEntry Entry(byte[] document, long version) => new(document, EntityTags.Of(version), EventPosition.Start);

    private static JsonSerializerOptions Options()
    {
        var options = new JsonSerializerOptions();
        WireJson.Configure(options);
        // A document that was written before a field existed is still read.
        options.RespectRequiredConstructorParameters = false;
        options.RespectNullableAnnotations = false;
        options.TypeInfoResolverChain.Add(OrdersJson.Default);
        options.MakeReadOnly();
        return options;
    }
}
