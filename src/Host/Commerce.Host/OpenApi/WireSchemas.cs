using Commerce.Monetary;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Commerce.Host.OpenApi;

/// <summary>Describes the types that have a wire form of their own.</summary>
internal sealed class WireSchemas : IOpenApiSchemaTransformer
{
    /// <summary>The name of the problem document's schema.</summary>
    public const string Problem = "ProblemDetails";

    public Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonTypeInfo.Type == typeof(Money))
        {
            schema.Type = JsonSchemaType.Object;
            schema.Description = "An amount as a decimal string with exactly the currency's ISO 4217 minor digits.";
            schema.Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
            {
                ["amount"] = new OpenApiSchema { Type = JsonSchemaType.String, Examples = ["39.90"] },
                ["currency"] = new OpenApiSchema { Type = JsonSchemaType.String, Examples = ["USD"] },
            };
            schema.Required = new HashSet<string>(StringComparer.Ordinal) { "amount", "currency" };
        }
        else if (context.JsonTypeInfo.Type == typeof(ProblemDetails))
        {
            schema.Description = "RFC 9457. Further members belong to the problem type.";
            schema.Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
            {
                ["type"] = Text("A stable reference such as /problems/insufficient-stock."),
                ["title"] = Text("The same for every occurrence."),
                ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer },
                ["detail"] = Text("About this very case."),
                ["traceId"] = Text("Quote it when you ask for help."),
                ["errors"] = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Description = "For a 400: messages by the JSON path of the field.",
                    AdditionalProperties = new OpenApiSchema { Type = JsonSchemaType.Array, Items = new OpenApiSchema { Type = JsonSchemaType.String } },
                },
            };
            schema.Required = new HashSet<string>(StringComparer.Ordinal) { "type", "title", "status", "detail", "traceId" };
        }

        return Task.CompletedTask;
    }

    private static OpenApiSchema Text(string description) => new() { Type = JsonSchemaType.String, Description = description };
}
