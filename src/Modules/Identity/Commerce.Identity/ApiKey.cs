using Commerce.EventStore;
using Commerce.Outcomes;

namespace Commerce.Identity;

/// <summary>A key was issued. Its secret is 256 random bits, so the plain hash that stands here cannot be searched backwards.</summary>
internal sealed record ApiKeyIssued(string Name, IReadOnlyList<string> Scopes, string SecretHash, DateTimeOffset? ExpiresAt);

/// <summary>The key opens nothing any more.</summary>
internal sealed record ApiKeyRevoked;

/// <summary>A key for a machine.</summary>
internal sealed record ApiKey : IAggregate<ApiKey>
{
    /// <inheritdoc />
    public static string StreamType => "api_key";

    /// <inheritdoc />
    public static ApiKey Initial { get; } = new();

    internal ApiKeyIssued? Issued { get; private init; }

    internal bool IsRevoked { get; private init; }

    internal Decision Issue(string name, IReadOnlyList<string> scopes, string secretHash, DateTimeOffset? expiresAt, DateTimeOffset now) =>
        Issued is not null ? new ApiKeyNotFound()
        : expiresAt <= now ? ValidationFailed.Of("expiresAt", "A time in the future.")
        : Decision.Of(new ApiKeyIssued(name, [.. scopes.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], secretHash, expiresAt));

    internal Decision Revoke() => Issued is null ? new ApiKeyNotFound() : IsRevoked ? Decision.Nothing : Decision.Of(new ApiKeyRevoked());

    /// <inheritdoc />
    public ApiKey Evolve(object @event) => @event switch
    {
        ApiKeyIssued e => this with { Issued = e },
        ApiKeyRevoked => this with { IsRevoked = true },
        _ => this,
    };
}
