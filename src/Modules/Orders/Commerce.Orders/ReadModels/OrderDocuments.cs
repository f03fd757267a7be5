using System.Text;
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
    private static readonly byte[] SecretName = ",\"accessToken\":\""u8.ToArray();
    private static readonly byte[] LocaleName = ",\"locale\":"u8.ToArray();

    /// <summary>The body that <c>GET /orders/{id}</c> sends.</summary>
    public static byte[] Bytes(Guid id, long version, Order order) =>
        order.TakeDocument(version) ?? JsonSerializer.SerializeToUtf8Bytes(OrderResponse.Of(id, version, order), Wire);

    /// <summary>The answer that shows an order as it has just been decided; its row will hold the same bytes.</summary>
    public static OrderResponse Answer(Guid id, long version, Order order, string? secret)
    {
        var response = OrderResponse.Of(id, version, order);
        var document = JsonSerializer.SerializeToUtf8Bytes(response, Wire);
        order.PassDocument(version, document);
        return response with { AccessToken = secret, Document = document };
    }

    /// <summary>A document with the guest's secret in it, where a serializer would have put it: behind everything but the language.</summary>
    public static ReadOnlyMemory<byte> WithSecret(ReadOnlySpan<byte> document, string secret, string? locale)
    {
        var rest = locale is null ? 1 : LocaleName.Length + JsonSerializer.SerializeToUtf8Bytes(locale, Wire).Length + 1;
        var at = document.Length - rest;
        var answer = new byte[document.Length + SecretName.Length + secret.Length + 1];
        document[..at].CopyTo(answer);
        SecretName.CopyTo(answer.AsSpan(at));
        // Letters, digits, hyphen and underscore: nothing to escape.
        Encoding.ASCII.GetBytes(secret, answer.AsSpan(at + SecretName.Length));
        answer[at + SecretName.Length + secret.Length] = (byte)'"';
        document[at..].CopyTo(answer.AsSpan(answer.Length - rest));
        return answer;
    }

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
