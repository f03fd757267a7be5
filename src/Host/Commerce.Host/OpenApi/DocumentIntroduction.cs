using Commerce.Web;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Commerce.Host.OpenApi;

/// <summary>What stands above all operations: the title, the rules that hold everywhere, how to authenticate.</summary>
internal sealed class DocumentIntroduction : IOpenApiDocumentTransformer
{
    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Commerce",
            Version = "v1",
            Description = """
                A headless shop: catalogue, stock, orders, recommendations and identity.

                Errors are RFC 9457 problem documents. Lists page by `cursor`. A resource that is an event stream carries its version as a strong `ETag`, and writes take `If-Match`.
                Every POST takes an `Idempotency-Key`: a repeat gets the first answer, byte for byte, with `Idempotent-Replayed: true`.
                Every write returns an `X-Consistency-Token`; a read that sends it back sees at least that write.
                """,
        };
        // The address depends on who asks; without one, clients use the address that they read the document from.
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal)
        {
            [OperationContract.Bearer] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http, Scheme = "bearer", BearerFormat = "JWT", Description = "The accessToken of POST /auth/login.",
            },
            [OperationContract.ApiKey] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = WebHeaders.ApiKey, Description = "A key of POST /api-keys, or the bootstrap key.",
            },
        };
        // One order for every reader of the document, and for the approved copy of it.
        var paths = new OpenApiPaths();
        foreach (var (path, item) in document.Paths.OrderBy(path => path.Key, StringComparer.Ordinal))
        {
            paths.Add(path, item);
        }

        document.Paths = paths;
        return Task.CompletedTask;
    }
}
