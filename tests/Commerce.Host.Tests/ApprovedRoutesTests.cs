using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Commerce.Testing;
using Commerce.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Host.Tests;

/// <summary>What front ends rely on changes when somebody means it: routes and the document are compared with approved copies.</summary>
public sealed class ApprovedRoutesTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Fact]
    public void Routes_are_as_approved()
    {
        var lines = shop.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => (endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"]).Select(method => Line(method, endpoint)))
            .Order(StringComparer.Ordinal)
            .ToList();

        lines.Count.ShouldBeGreaterThan(60);
        string.Join('\n', lines).ShouldMatchApproved(options => options.NoDiff().SubFolder("Approved"));
    }

    [Fact]
    public async Task The_document_is_as_approved()
    {
        var document = JsonNode.Parse(await shop.Client.GetStringAsync("/openapi/v1.json"))!;

        document.ToJsonString(Indented).ReplaceLineEndings("\n").ShouldMatchApproved(options => options.NoDiff().SubFolder("Approved").WithFileExtension(".json"));
    }

    [Fact]
    public async Task The_document_tells_of_every_route_what_a_front_end_must_know()
    {
        using var document = JsonDocument.Parse(await shop.Client.GetStringAsync("/openapi/v1.json"));
        var slices = shop.Services.GetRequiredService<EndpointDataSource>().Endpoints.Count(endpoint => endpoint.Metadata.GetMetadata<SliceMetadata>() is not null);
        var operations = document.RootElement.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject(), (path, operation) => (Path: path.Name, Method: operation.Name, Body: operation.Value)).ToList();

        operations.Count.ShouldBe(slices);
        operations.Select(operation => operation.Body.GetProperty("operationId").GetString()).ShouldBeUnique();
        foreach (var (path, method, body) in operations)
        {
            var name = $"{method} {path}";
            body.GetProperty("summary").GetString().ShouldNotBeNullOrWhiteSpace(name);
            body.GetProperty("tags").GetArrayLength().ShouldBe(1, name);
            body.GetProperty("security").GetArrayLength().ShouldBeGreaterThan(0, name);
            var responses = body.GetProperty("responses").EnumerateObject().ToDictionary(response => response.Name, response => response.Value);
            responses.Keys.ShouldContain(status => status.StartsWith('2'), name);
            responses.Keys.ShouldContain("400", name);
            foreach (var (status, response) in responses.Where(response => response.Key[0] is '4' or '5'))
            {
                response.GetProperty("content").GetProperty("application/problem+json").GetProperty("schema").GetProperty("$ref").GetString().ShouldBe("#/components/schemas/ProblemDetails", $"{name} {status}");
            }

            foreach (var response in responses.Where(response => response.Key is "200" or "201" or "202").Select(response => response.Value))
            {
                response.TryGetProperty("content", out _).ShouldBeTrue($"{name} does not say what it answers.");
            }
        }

        document.RootElement.GetProperty("components").GetProperty("securitySchemes").EnumerateObject().Select(scheme => scheme.Name).ShouldBe(["bearer", "apiKey"], ignoreOrder: true);
    }

    private static string Line(string method, RouteEndpoint endpoint)
    {
        var line = new StringBuilder($"{endpoint.RoutePattern.RawText!.TrimEnd('/')} {method}");
        var metadata = endpoint.Metadata;
        line.Append(metadata.GetMetadata<IAllowAnonymous>() is not null ? " anybody" : metadata.GetMetadata<ScopeMetadata>() is { } scope ? $" {scope.Scope}" : " logged-in");
        if (metadata.GetMetadata<IdempotencyMetadata>() is { } idempotency)
        {
            line.Append(idempotency.Required ? " key-required" : idempotency.Recorded ? "" : " never-recorded");
        }

        if (metadata.GetMetadata<ReadsFromMetadata>() is { } reads)
        {
            line.Append(" reads[").AppendJoin(' ', reads.Names).Append(']');
        }

        if (metadata.GetMetadata<StreamedBodyMetadata>() is { } streamed)
        {
            line.Append(System.Globalization.CultureInfo.InvariantCulture, $" streams[{streamed.MaxBytes} {string.Join(' ', streamed.ContentTypes)}]");
        }

        return line.ToString();
    }
}
