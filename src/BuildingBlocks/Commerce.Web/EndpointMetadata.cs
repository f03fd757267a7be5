using Commerce.Outcomes;

namespace Commerce.Web;

/// <summary>The refusals that an endpoint can answer with.</summary>
/// <param name="Refusals">Types of <see cref="Refusal"/>.</param>
public sealed record RefusalMetadata(IReadOnlyList<Type> Refusals);

/// <summary>The scope that a caller needs.</summary>
/// <param name="Scope">Such as <c>orders:write</c>.</param>
public sealed record ScopeMetadata(string Scope);

/// <summary>How an endpoint treats idempotency keys; without this a POST takes one and records its answer.</summary>
/// <param name="Required">Whether a request without a key is refused.</param>
/// <param name="Recorded">Whether the answer is kept; answers that are secrets are not.</param>
public sealed record IdempotencyMetadata(bool Required, bool Recorded);

/// <summary>The asynchronous projections that a read needs; none means inline ones only.</summary>
/// <param name="Names">Names of projections, such as <c>Catalog.Search</c>.</param>
public sealed record ReadsFromMetadata(IReadOnlyList<string> Names);

/// <summary>The endpoint reads its body as a stream, under its own limit.</summary>
/// <param name="MaxBytes">The limit.</param>
/// <param name="ContentTypes">What it reads.</param>
public sealed record StreamedBodyMetadata(long MaxBytes, IReadOnlyList<string> ContentTypes);

/// <summary>The endpoint serves callers with credentials that are no good as guests.</summary>
public sealed record StaleCredentialsMetadata;
