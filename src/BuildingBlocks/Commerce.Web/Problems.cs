using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Commerce.Outcomes;
using Microsoft.AspNetCore.Http;

namespace Commerce.Web;

/// <summary>Turns refusals into RFC 9457 problem documents; the only place that writes one.</summary>
internal static class Problems
{
    /// <summary>The media type of every problem.</summary>
    public const string ContentType = "application/problem+json";

    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal) { "type", "title", "status", "detail", "traceId", "instance" };
    private static readonly ConcurrentDictionary<Type, ProblemAttribute> Attributes = new();
    private static readonly ConcurrentDictionary<Type, Shape> Shapes = new();

    /// <summary>The status that a refusal is bound to.</summary>
    /// <exception cref="InvalidOperationException">The type has no <see cref="ProblemAttribute"/>.</exception>
    public static ProblemAttribute Of(Type refusal) => Attributes.GetOrAdd(refusal, static type =>
        type.GetCustomAttribute<ProblemAttribute>()
        ?? throw new InvalidOperationException($"{type} has no [Problem(status, slug, title)], so nobody knows which status it is."));

    /// <summary>The answer to a refusal.</summary>
    public static Reply Reply(Refusal refusal, string traceId, JsonSerializerOptions options)
    {
        var shape = Shapes.GetOrAdd(refusal.GetType(), static (type, json) => Shape.Build(type, json), options);
        var body = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(body, new JsonWriterOptions { Encoder = options.Encoder, SkipValidation = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, shape.Type);
            writer.WriteString("title"u8, shape.Problem.Title);
            writer.WriteNumber("status"u8, shape.Problem.Status);
            writer.WriteString("detail"u8, refusal.Detail);
            writer.WriteString("traceId"u8, traceId);
            foreach (var member in shape.Members)
            {
                writer.WritePropertyName(member.Name);
                JsonSerializer.Serialize(writer, member.Get!(refusal), member.PropertyType, options);
            }

            writer.WriteEndObject();
        }

        var retryAfter = refusal is TooManyRequests { RetryAfterSeconds: > 0 and var seconds } ? seconds : shape.Problem.RetryAfterSeconds;
        return new Reply(shape.Problem.Status) { ContentType = ContentType, Body = body.WrittenMemory, RetryAfterSeconds = retryAfter, CacheControl = "no-store", Location = (refusal as MovedPermanently)?.Location };
    }

    /// <summary>What stands for a bare status that the framework set without a word.</summary>
    public static Refusal ForStatus(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status401Unauthorized => new Unauthenticated(),
        StatusCodes.Status403Forbidden => new Forbidden(),
        StatusCodes.Status404NotFound => new ResourceNotFound(),
        StatusCodes.Status405MethodNotAllowed => new MethodNotAllowed(),
        StatusCodes.Status413PayloadTooLarge => new PayloadTooLarge(),
        StatusCodes.Status415UnsupportedMediaType => new UnsupportedMediaType(),
        StatusCodes.Status429TooManyRequests => new TooManyRequests(1),
        >= 500 => new InternalError(),
        _ => new MalformedRequest("The request cannot be understood."),
    };

    /// <summary>The id under which logs and events of this request are found.</summary>
    public static string TraceIdOf(HttpContext context) =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.TraceId.ToHexString() : context.TraceIdentifier;

    private sealed record Shape(ProblemAttribute Problem, string Type, JsonPropertyInfo[] Members)
    {
        public static Shape Build(Type refusal, JsonSerializerOptions options)
        {
            var problem = Of(refusal);
            var members = options.GetTypeInfo(refusal).Properties.Where(property => property.Get is not null && !Reserved.Contains(property.Name));
            return new Shape(problem, $"/problems/{problem.Slug}", [.. members]);
        }
    }
}
