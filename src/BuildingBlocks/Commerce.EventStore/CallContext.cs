using Commerce.Outcomes;

namespace Commerce.EventStore;

/// <summary>Who calls and how: one per request or reaction, filled at the edge, written into the metadata of every event.</summary>
public sealed class CallContext
{
    /// <summary>Who acts; see <see cref="RecordedEvent.Actor"/>.</summary>
    public string Actor { get; set; } = "guest";

    /// <summary>The conversation's id, usually the trace id.</summary>
    public string? CorrelationId { get; set; }

    /// <summary>Why the event was caused, free text for people, or null.</summary>
    public string? Reason { get; set; }

    /// <summary>
    /// Whether this is one of a great many calls that nobody comes back to soon, such as the rows of an import: the states of the streams that it begins
    /// are not kept in memory, where they would take the places of those that are asked for.
    /// </summary>
    public bool IsBulk { get; set; }

    /// <summary>Set when the caller sent an idempotency key; the executor commits the rendered response under it.</summary>
    public IdempotentCall? Idempotency { get; set; }

    /// <summary>The consistency token that the caller sent: a read must see at least this position. Caches must not answer from before it.</summary>
    public EventPosition? Required { get; set; }

    /// <summary>Filled by the executor: the position of the last write of this call, or null when nothing was written.</summary>
    public EventPosition? Written { get; set; }

    /// <summary>Filled by the executor: the response that stands under the key, byte for byte.</summary>
    public RecordedResponse? Recorded { get; set; }

    /// <summary>Filled by the executor: true when <see cref="Recorded"/> comes from an earlier call.</summary>
    public bool Replayed { get; set; }
}

/// <summary>An idempotency key as its caller sent it, and how the outcome becomes the response that is kept.</summary>
/// <param name="Caller">Keys of different callers do not meet.</param>
/// <param name="Key">1 to 255 characters.</param>
/// <param name="RequestHash">SHA-256 over method, path, query and body: another body under the same key is refused with <see cref="IdempotencyKeyReused"/>.</param>
public sealed record IdempotentCall(string Caller, string Key, ReadOnlyMemory<byte> RequestHash)
{
    /// <summary>Turns the boxed outcome (<c>Outcome&lt;T&gt;</c> as the handler's decision returned it) into the response to keep, or null when it must not be kept (a 5xx).</summary>
    public Func<object, RecordedResponse?>? Render { get; set; }
}

/// <summary>A response as it was first sent.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">The body's media type, or null with an empty body.</param>
/// <param name="Headers">Headers that belong to the outcome (<c>Location</c>, <c>ETag</c>), as a JSON object, or null.</param>
/// <param name="Body">The body's bytes.</param>
public sealed record RecordedResponse(int Status, string? ContentType, string? Headers, ReadOnlyMemory<byte> Body);

/// <summary>The key was used before with another request.</summary>
[Problem(422, "idempotency-key-reused", "The idempotency key was used for another request")]
public sealed record IdempotencyKeyReused() : Refusal("This Idempotency-Key stands for a request with another body or path. Use a fresh key for a fresh request.");

/// <summary>Too many decisions wait: the shop protects its response time.</summary>
[Problem(503, "overloaded", "The shop is busy", RetryAfterSeconds = 1)]
public sealed record StoreOverloaded() : Refusal("Too many writes are waiting. Try again in a moment.");

/// <summary>The version in <c>If-Match</c> is not the current one.</summary>
/// <param name="CurrentVersion">The version that stands now.</param>
[Problem(412, "stale-version", "The resource has changed")]
public sealed record StaleVersion(long CurrentVersion) : Refusal($"The resource is at version {CurrentVersion}; read it again before changing it.");
