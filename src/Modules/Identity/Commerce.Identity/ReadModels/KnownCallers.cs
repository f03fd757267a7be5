using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Commerce.EventStore;
using Commerce.ReadModels;
using Dapper;

namespace Commerce.Identity.ReadModels;

/// <summary>A session as a request needs it.</summary>
internal sealed record KnownSession(Guid AccountId, bool Ended);

/// <summary>An account as a request needs it.</summary>
internal sealed record KnownAccount(string Kind, string[] Roles, bool Disabled);

/// <summary>An API key as a request needs it.</summary>
internal sealed record KnownApiKey(string SecretHash, string[] Scopes, DateTimeOffset? ExpiresAt, bool Revoked);

/// <summary>
/// What stands behind the credentials of a request: asked for on each of them, so from the cache. An event drops the entry before its caller is answered
/// and within a quarter of a second on other hosts; a lifetime of half a minute bounds what a host cut off from the event log can let through.
/// </summary>
internal sealed class KnownCallers(IReadModelCache cache, ModuleDatabase<Account> database)
{
    internal const string SelectSession = "SELECT account_id, ended_at IS NOT NULL AS ended FROM identity.sessions WHERE id = @id";

    internal const string SelectAccount = "SELECT kind, roles, disabled FROM identity.accounts WHERE id = @id";

    internal const string SelectApiKey = "SELECT secret_hash, scopes, expires_at, revoked_at IS NOT NULL AS revoked FROM identity.api_keys WHERE id = @id";

    private static readonly CachePolicy Policy = new(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(2));

    // Credentials are looked at before anything else of the request is known.
    private static readonly CallContext Anybody = new();

    internal static string SessionKey(Guid id) => $"identity:session:{id:N}";

    internal static string AccountKey(Guid id) => $"identity:account:{id:N}";

    internal static string ApiKeyKey(Guid id) => $"identity:api-key:{id:N}";

    internal ValueTask<KnownSession?> SessionAsync(Guid id, CancellationToken cancellationToken) =>
        FindAsync(SessionKey(id), id, SelectSession, IdentityJson.Default.KnownSession, cancellationToken);

    internal ValueTask<KnownAccount?> AccountAsync(Guid id, CancellationToken cancellationToken) =>
        FindAsync(AccountKey(id), id, SelectAccount, IdentityJson.Default.KnownAccount, cancellationToken);

    internal ValueTask<KnownApiKey?> ApiKeyAsync(Guid id, CancellationToken cancellationToken) =>
        FindAsync(ApiKeyKey(id), id, SelectApiKey, IdentityJson.Default.KnownApiKey, cancellationToken);

    private async ValueTask<T?> FindAsync<T>(string key, Guid id, string sql, JsonTypeInfo<T> json, CancellationToken cancellationToken)
        where T : class
    {
        var entry = await cache.GetOrFillAsync(key, Anybody, token => ReadAsync(id, sql, json, token), Policy, cancellationToken);
        return entry is null ? null : JsonSerializer.Deserialize(entry.Body.Span, json);
    }

    private async ValueTask<CacheFill?> ReadAsync<T>(Guid id, string sql, JsonTypeInfo<T> json, CancellationToken cancellationToken)
        where T : class
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<T>(new CommandDefinition(sql, new { id }, cancellationToken: cancellationToken));
        return row is null ? null : new CacheFill(JsonSerializer.SerializeToUtf8Bytes(row, json));
    }
}

/// <summary>Which of those entries an event drops.</summary>
internal sealed class KnownCallersInvalidation : ICacheInvalidation
{
    /// <inheritdoc />
    public IReadOnlyCollection<Type> Handles { get; } =
    [
        typeof(SessionStarted), typeof(SessionEnded),
        typeof(CustomerRegistered), typeof(StaffHired), typeof(StaffRolesChanged), typeof(AccountDisabled), typeof(AccountEnabled),
        typeof(ApiKeyIssued), typeof(ApiKeyRevoked),
    ];

    /// <inheritdoc />
    public IEnumerable<string> KeysFor(RecordedEvent e) => e.Data switch
    {
        SessionStarted or SessionEnded => [KnownCallers.SessionKey(e.StreamId)],
        ApiKeyIssued or ApiKeyRevoked => [KnownCallers.ApiKeyKey(e.StreamId)],
        _ => [KnownCallers.AccountKey(e.StreamId)],
    };
}
