using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Commerce.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Commerce.Host.OpenApi;

/// <summary>Writes down what an endpoint's metadata says: who may call it, which headers it takes and gives, how it refuses.</summary>
internal sealed partial class OperationContract : IOpenApiOperationTransformer
{
    public const string Bearer = "bearer";
    public const string ApiKey = "apiKey";
    private const string ProblemType = "application/problem+json";

    public Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var method = context.Description.HttpMethod ?? "GET";
        var slice = metadata.OfType<SliceMetadata>().Last();
        operation.Summary ??= Words().Replace(slice.Verb, " $1").Trim() is var words ? char.ToUpperInvariant(words[0]) + words[1..].ToLowerInvariant() : null;
        operation.Tags = new HashSet<OpenApiTagReference> { new(slice.Module == "Host" ? "Operations" : slice.Module, context.Document) };
        operation.Parameters ??= [];
        operation.Responses ??= [];
        Authorize(operation, metadata, context.Document);
        Take(operation, metadata, method);
        Refuse(operation, metadata, method);
        Give(operation, metadata, method);
        operation.Responses = Ordered(operation.Responses);
        return Task.CompletedTask;
    }

    private static void Authorize(OpenApiOperation operation, IList<object> metadata, OpenApiDocument? document)
    {
        if (metadata.OfType<IAllowAnonymous>().Any())
        {
            operation.Security = [new OpenApiSecurityRequirement()];
            return;
        }

        var scope = metadata.OfType<ScopeMetadata>().LastOrDefault()?.Scope;
        operation.Security =
        [
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Bearer, document)] = [] },
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(ApiKey, document)] = [] },
        ];
        operation.Description = Join(operation.Description, scope is null ? "For callers who are logged in." : $"Needs the scope `{scope}`.");
    }

    private static void Take(OpenApiOperation operation, IList<object> metadata, string method)
    {
        if (method == "POST" && metadata.OfType<IdempotencyMetadata>().LastOrDefault() is var idempotency && idempotency?.Recorded != false)
        {
            Header(operation, WebHeaders.IdempotencyKey, "1 to 255 printable characters; a repeat under the same key gets the first answer.", idempotency?.Required == true);
        }

        if (method is "PUT" or "PATCH" or "DELETE")
        {
            Header(operation, "If-Match", "The version that the change is meant for, such as \"7\"; 412 when it is not the current one.", false);
        }

        if (method == "GET")
        {
            Header(operation, WebHeaders.ConsistencyToken, "The token of a write; the answer then shows at least that write.", false);
        }

        if (metadata.OfType<ReadsFromMetadata>().LastOrDefault() is { Names.Count: > 0 })
        {
            Query(operation, "waitMs", "How long to wait for the read model to reach the consistency token.", JsonSchemaType.Integer, 2000);
        }

        // Parameters with a binding of their own are invisible to the framework's description.
        if (metadata.OfType<System.Reflection.MethodInfo>().FirstOrDefault()?.GetParameters().FirstOrDefault(p => p.ParameterType == typeof(PageLimit)) is { Name: { } limit })
        {
            Query(operation, limit, $"Items on a page, 1 to {PageLimit.Most}.", JsonSchemaType.Integer, PageLimit.Usual);
        }

        if (metadata.OfType<StreamedBodyMetadata>().LastOrDefault() is { } streamed)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = string.Create(CultureInfo.InvariantCulture, $"Read as a stream, at most {streamed.MaxBytes / (1024 * 1024)} MB."),
                Content = streamed.ContentTypes.ToDictionary(type => type, _ => new OpenApiMediaType { Schema = new OpenApiSchema { Type = JsonSchemaType.String } }),
            };
        }
    }

    private static void Refuse(OpenApiOperation operation, IList<object> metadata, string method)
    {
        var refusals = metadata.OfType<RefusalMetadata>().SelectMany(declared => declared.Refusals)
            .Select(type => (Commerce.Outcomes.ProblemAttribute)Attribute.GetCustomAttribute(type, typeof(Commerce.Outcomes.ProblemAttribute))!)
            .Select(problem => (problem.Status, problem.Title, problem.Slug))
            .ToList();
        refusals.Add((400, "The request is not valid", "validation"));
        refusals.Add((429, "Too many requests", "too-many-requests"));
        refusals.Add((503, "The database is away", "database-unavailable"));
        if (!metadata.OfType<IAllowAnonymous>().Any())
        {
            refusals.Add((401, "Who calls is not known", "unauthenticated"));
            refusals.Add((403, "This is not allowed", "forbidden"));
        }

        if (method == "POST" && metadata.OfType<IdempotencyMetadata>().LastOrDefault()?.Recorded != false)
        {
            refusals.Add((422, "The idempotency key was used for another request", "idempotency-key-reused"));
        }

        if (operation.RequestBody is not null)
        {
            refusals.Add((413, "The body is too large", "payload-too-large"));
            refusals.Add((415, "This media type is not supported", "unsupported-media-type"));
        }

        foreach (var status in refusals.Distinct().GroupBy(refusal => refusal.Status))
        {
            operation.Responses![status.Key.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
            {
                Description = string.Join(" · ", status.Select(refusal => $"{refusal.Title} (`/problems/{refusal.Slug}`)")),
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    [ProblemType] = new() { Schema = new OpenApiSchemaReference(WireSchemas.Problem) },
                },
                Headers = status.Key is 429 or 503 ? Headers(("Retry-After", "Seconds to wait before the next try.")) : null,
            };
        }
    }

    private static void Give(OpenApiOperation operation, IList<object> metadata, string method)
    {
        foreach (var (status, response) in operation.Responses!.Where(response => response.Key.StartsWith('2')))
        {
            var headers = new List<(string, string)>();
            if (method != "GET")
            {
                headers.Add((WebHeaders.ConsistencyToken, "The position of the write; send it with a read that must see it."));
            }

            if (method == "POST")
            {
                headers.Add((WebHeaders.IdempotentReplayed, "`true` when this is the answer to an earlier request under the same key."));
            }

            if (status == "201")
            {
                headers.Add(("Location", "The address of what was created."));
            }

            if (status is "200" or "201" && !metadata.OfType<StreamedBodyMetadata>().Any())
            {
                headers.Add(("ETag", "The version, where the resource has one."));
            }

            if (metadata.OfType<ReadsFromMetadata>().Any())
            {
                headers.Add((WebHeaders.ProjectionLag, "How far the read model is behind: `events;age=milliseconds`."));
            }

            if (response is OpenApiResponse concrete)
            {
                concrete.Headers = Headers([.. headers]);
            }
        }
    }

    private static void Header(OpenApiOperation operation, string name, string description, bool required)
    {
        if (operation.Parameters!.Any(parameter => string.Equals(parameter.Name, name, StringComparison.OrdinalIgnoreCase)))
        {
            return;
        }

        operation.Parameters!.Add(new OpenApiParameter
        {
            Name = name, In = ParameterLocation.Header, Description = description, Required = required, Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });
    }

    private static void Query(OpenApiOperation operation, string name, string description, JsonSchemaType type, int usual)
    {
        if (operation.Parameters!.FirstOrDefault(parameter => parameter.Name == name) is { } known)
        {
            operation.Parameters!.Remove(known);
        }

        operation.Parameters!.Add(new OpenApiParameter
        {
            Name = name, In = ParameterLocation.Query, Description = description, Schema = new OpenApiSchema { Type = type, Default = JsonValue.Create(usual) },
        });
    }

    private static Dictionary<string, IOpenApiHeader> Headers(params (string Name, string Description)[] headers) => headers.ToDictionary(
        header => header.Name,
        IOpenApiHeader (header) => new OpenApiHeader { Description = header.Description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } },
        StringComparer.Ordinal);

    private static OpenApiResponses Ordered(OpenApiResponses responses)
    {
        var ordered = new OpenApiResponses();
        foreach (var (status, response) in responses.OrderBy(response => response.Key, StringComparer.Ordinal))
        {
            ordered.Add(status, response);
        }

        return ordered;
    }

    private static string Join(string? first, string second) => string.IsNullOrEmpty(first) ? second : $"{first} {second}";

    [GeneratedRegex("([A-Z])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Words();
}
