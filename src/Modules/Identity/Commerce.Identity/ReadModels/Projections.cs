using Commerce.EventStore;
using Npgsql;

namespace Commerce.Identity.ReadModels;

/// <summary>What accounts may do.</summary>
internal sealed class AccountsProjection : IInlineProjection
{
    internal const string Upsert =
        """
        INSERT INTO identity.accounts (id, kind, roles, disabled, registered_at, version)
        SELECT id, kind, string_to_array(roles, ' '), disabled, at, version
          FROM unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[], $5::timestamptz[], $6::bigint[]) AS account (id, kind, roles, disabled, at, version)
        ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, roles = excluded.roles, disabled = excluded.disabled, version = excluded.version
        """;

    /// <inheritdoc />
    public string Name => "Identity.Accounts";

    /// <inheritdoc />
    public Type Aggregate => typeof(Account);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["identity.accounts"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        var rows = changes.Select(change => (Change: change, State: (Account)change.State)).ToArray();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Upsert)
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(rows, row => row.Change.StreamId) },
                new() { Value = Array.ConvertAll(rows, row => KindOf(row.State.Kind)) },
                new() { Value = Array.ConvertAll(rows, row => string.Join(' ', row.State.Roles)) },
                new() { Value = Array.ConvertAll(rows, row => row.State.Disabled) },
                new() { Value = Array.ConvertAll(rows, row => row.Change.Events[0].Timestamp.UtcDateTime) },
                new() { Value = Array.ConvertAll(rows, row => row.Change.Version) },
            },
        });
    }

    private static string KindOf(AccountKind kind) => kind == AccountKind.Staff ? "staff" : "customer";
}

/// <summary>Who is logged in, and since when.</summary>
internal sealed class SessionsProjection : IInlineProjection
{
    internal const string Upsert =
        """
        INSERT INTO identity.sessions (id, account_id, started_at, refreshed_at, ended_at, end_reason)
        SELECT id, account_id, first_at, last_at, CASE WHEN reason IS NOT NULL THEN last_at END, reason
          FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::timestamptz[], $5::text[]) AS session (id, account_id, first_at, last_at, reason)
        ON CONFLICT (id) DO UPDATE SET
            refreshed_at = CASE WHEN excluded.end_reason IS NULL THEN excluded.refreshed_at ELSE sessions.refreshed_at END,
            ended_at = excluded.ended_at,
            end_reason = excluded.end_reason
        """;

    /// <inheritdoc />
    public string Name => "Identity.Sessions";

    /// <inheritdoc />
    public Type Aggregate => typeof(Session);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["identity.sessions"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        var rows = changes.Select(change => (Change: change, State: (Session)change.State)).ToArray();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Upsert)
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(rows, row => row.Change.StreamId) },
                new() { Value = Array.ConvertAll(rows, row => row.State.AccountId!.Value) },
                new() { Value = Array.ConvertAll(rows, row => row.Change.Events[0].Timestamp.UtcDateTime) },
                new() { Value = Array.ConvertAll(rows, row => row.Change.Events[^1].Timestamp.UtcDateTime) },
                new() { Value = Array.ConvertAll(rows, row => row.State.EndReason) },
            },
        });
    }
}

/// <summary>The keys of machines.</summary>
internal sealed class ApiKeysProjection : IInlineProjection
{
    internal const string Upsert =
        """
        INSERT INTO identity.api_keys (id, name, scopes, secret_hash, issued_at, expires_at, revoked_at, version)
        SELECT id, name, string_to_array(scopes, ' '), secret_hash, first_at, expires_at, CASE WHEN revoked THEN last_at END, version
          FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::boolean[], $8::timestamptz[], $9::bigint[])
            AS key (id, name, scopes, secret_hash, first_at, expires_at, revoked, last_at, version)
        ON CONFLICT (id) DO UPDATE SET revoked_at = excluded.revoked_at, version = excluded.version
        """;

    /// <inheritdoc />
    public string Name => "Identity.ApiKeys";

    /// <inheritdoc />
    public Type Aggregate => typeof(ApiKey);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["identity.api_keys"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        var rows = changes.Select(change => (Change: change, State: (ApiKey)change.State)).ToArray();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Upsert)
        {
            Parameters =
            {
                new() { Value = Array.ConvertAll(rows, row => row.Change.StreamId) },
                new() { Value = Array.ConvertAll(rows, row => row.State.Issued!.Name) },
                new() { Value = Array.ConvertAll(rows, row => string.Join(' ', row.State.Issued!.Scopes)) },
                new() { Value = Array.ConvertAll(rows, row => row.State.Issued!.SecretHash) },
                new() { Value = Array.ConvertAll(rows, row => row.Change.Events[0].Timestamp.UtcDateTime) },
                new() { Value = Array.ConvertAll(rows, row => row.State.Issued!.ExpiresAt?.UtcDateTime) },
                new() { Value = Array.ConvertAll(rows, row => row.State.IsRevoked) },
                new() { Value = Array.ConvertAll(rows, row => row.Change.Events[^1].Timestamp.UtcDateTime) },
                new() { Value = Array.ConvertAll(rows, row => row.Change.Version) },
            },
        });
    }
}
