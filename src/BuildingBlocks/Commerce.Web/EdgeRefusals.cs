using System.Text.Json.Serialization;
using Commerce.Outcomes;

namespace Commerce.Web;

/// <summary>The request cannot be read at all.</summary>
/// <param name="Detail">What is wrong with it.</param>
[Problem(400, "malformed-request", "The request cannot be read")]
public sealed record MalformedRequest(string Detail) : Refusal(Detail);

/// <summary>The endpoint takes a write only under an idempotency key.</summary>
[Problem(400, "idempotency-key-required", "An idempotency key is required")]
public sealed record IdempotencyKeyRequired()
    : Refusal("Send an Idempotency-Key header with a fresh value, such as a UUID, and repeat it when you repeat the request.");

/// <summary>Nobody knows who calls.</summary>
[Problem(401, "unauthenticated", "Who calls is not known")]
public sealed record Unauthenticated() : Refusal("Send a valid 'Authorization: Bearer …' or 'X-Api-Key: …' header.");

/// <summary>The caller is known and may not do this.</summary>
[Problem(403, "forbidden", "This is not allowed")]
public sealed record Forbidden() : Refusal("The caller lacks the scope that this call needs.");

/// <summary>There is nothing here, or nothing that the caller may know of.</summary>
[Problem(404, "not-found", "Not found")]
public sealed record ResourceNotFound() : Refusal("There is nothing at this address.");

/// <summary>The address exists, the verb does not.</summary>
[Problem(405, "method-not-allowed", "This method is not allowed here")]
public sealed record MethodNotAllowed() : Refusal("See the Allow header for the methods of this address.");

/// <summary>The body is larger than the endpoint takes.</summary>
[Problem(413, "payload-too-large", "The body is too large")]
public sealed record PayloadTooLarge() : Refusal("Send a smaller body, or several.");

/// <summary>The body has another media type than the endpoint reads.</summary>
[Problem(415, "unsupported-media-type", "This media type is not supported")]
public sealed record UnsupportedMediaType() : Refusal("Send JSON with 'Content-Type: application/json', or what the endpoint documents.");

/// <summary>The caller asks more often than it may.</summary>
/// <param name="RetryAfterSeconds">When to try again.</param>
[Problem(429, "too-many-requests", "Too many requests", RetryAfterSeconds = 1)]
public sealed record TooManyRequests([property: JsonIgnore] int RetryAfterSeconds) : Refusal("Slow down and try again after the time in Retry-After.");

/// <summary>A bug, or a broken wire that nobody foresaw.</summary>
[Problem(500, "internal-error", "Something went wrong")]
public sealed record InternalError() : Refusal("The fault is on this side and has been logged; quote the traceId.");

/// <summary>PostgreSQL cannot be reached, is starting, stopping or out of connections.</summary>
[Problem(503, "database-unavailable", "The database is away", RetryAfterSeconds = 2)]
public sealed record DatabaseUnavailable() : Refusal("The shop cannot reach its database right now. Try again in a moment.");

/// <summary>A read with a consistency token waited for its read model in vain.</summary>
[Problem(503, "read-model-behind", "The read model is not there yet", RetryAfterSeconds = 1)]
public sealed record ReadModelBehind() : Refusal("The read model has not reached the position of the X-Consistency-Token within waitMs. Try again, or wait longer.");

/// <summary>What was asked for has another address now.</summary>
/// <param name="Location">The present one, also in the header <c>Location</c>.</param>
[Problem(301, "moved-permanently", "The resource has another address")]
public sealed record MovedPermanently(string Location) : Refusal("This address is a former one; Location tells the present one.");
