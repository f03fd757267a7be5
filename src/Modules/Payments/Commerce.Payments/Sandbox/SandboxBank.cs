using System.Globalization;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.ReadModels;
using Dapper;
using Npgsql;

namespace Commerce.Payments.Sandbox;

/// <summary>
/// The sandbox's house: authorizations with their money, calls by idempotency key, and notices to be sent, each call in one transaction of its own. It
/// knows nothing of the shop's records, so a Host that dies between the bank's commit and its own is a case that really happens.
/// </summary>
internal sealed class SandboxBank(ModuleDatabase<PaymentsDatabase> database, TimeProvider clock)
{
    internal const string SelectCall = "SELECT status, body FROM payments.sandbox_calls WHERE key = @key";
    internal const string InsertCall = "INSERT INTO payments.sandbox_calls (key, status, body, made_at) VALUES (@key, @status, @body, @now)";
    internal const string InsertLoss = "INSERT INTO payments.sandbox_losses (key) VALUES (@key) ON CONFLICT DO NOTHING";
    internal const string LockKey = "SELECT pg_advisory_xact_lock(hashtextextended(@key::text, 0))";
    internal const string SelectAuthorization =
        """
        SELECT id AS "Id", reference AS "Reference", source AS "Source", currency AS "Currency", amount AS "Amount", authorized AS "Authorized",
               captured AS "Captured", refunded AS "Refunded", status AS "Status", return_url AS "ReturnUrl", failure AS "Failure"
        FROM payments.sandbox_authorizations WHERE id = @id::text OR reference = @reference::uuid FOR UPDATE
        """;

    internal const string UpsertAuthorization =
        """
        INSERT INTO payments.sandbox_authorizations (id, reference, source, currency, amount, authorized, captured, refunded, status, return_url, failure, made_at)
        VALUES (@Id, @Reference, @Source, @Currency, @Amount, @Authorized, @Captured, @Refunded, @Status, @ReturnUrl, @Failure, @now)
        ON CONFLICT (id) DO UPDATE SET authorized = excluded.authorized, captured = excluded.captured, refunded = excluded.refunded,
            status = excluded.status, failure = excluded.failure
        """;

    internal const string InsertNotice =
        "INSERT INTO payments.sandbox_notices (id, delivery, body, due_at) VALUES (@id, @delivery, @body, @due)";

    private static readonly TimeSpan Late = TimeSpan.FromSeconds(3);

    /// <summary>Carries out a call once for its key, or says again what it answered.</summary>
    /// <param name="key">The idempotency key.</param>
    /// <param name="verb"><c>authorize</c>, <c>capture</c>, <c>refund</c> or <c>void</c>.</param>
    /// <param name="id">The authorization, or null for a new one.</param>
    /// <param name="fresh">What a new one starts from.</param>
    /// <param name="amount">How much; zero for a void.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<SandboxAnswer> CallAsync(string key, string verb, string? id, SandboxAuthorization? fresh, decimal amount, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(LockKey, new { key }, transaction, cancellationToken: cancellationToken));
        if (await KnownAsync(connection, key, transaction, cancellationToken) is { } known)
        {
            return known;
        }

        var before = fresh ?? await FindAsync(connection, id, null, transaction, cancellationToken);
        if (before is null)
        {
            return new SandboxAnswer(404, """{"error":{"code":"resource_missing"}}""", null);
        }

        if (SandboxCards.Loses(before.Source, verb, "unheard") && await LoseAsync(connection, key, transaction, cancellationToken))
        {
            await transaction.CommitAsync(cancellationToken);
            throw new TimeoutException("The sandbox did not hear this call.");
        }

        var (after, status) = Decide(before, verb, amount);
        var body = JsonSerializer.Serialize(after, SandboxJson.Default.SandboxAuthorization);
        await connection.ExecuteAsync(new CommandDefinition(InsertCall, new { key, status, body, now = clock.GetUtcNow() }, transaction, cancellationToken: cancellationToken));
        await KeepAsync(connection, before, after, verb, transaction, cancellationToken);
        var isLost = SandboxCards.Loses(before.Source, verb, "lost") && await LoseAsync(connection, key, transaction, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        if (isLost)
        {
            throw new TimeoutException("The sandbox's answer was lost.");
        }

        return new SandboxAnswer(status, body, after);
    }

    /// <summary>What was answered under a key, or null.</summary>
    public async Task<SandboxAnswer?> AnswerOfAsync(string key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await KnownAsync(connection, key, null, cancellationToken);
    }

    /// <summary>How an authorization stands, by the sandbox's id or the shop's reference.</summary>
    public async Task<SandboxAuthorization?> LookAsync(string? id, Guid? reference, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await FindAsync(connection, id, reference, null, cancellationToken);
    }

    /// <summary>The shopper confirmed at the bank, or did not.</summary>
    public async Task<SandboxAuthorization?> ChallengedAsync(string id, bool isConfirmed, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await FindAsync(connection, id, null, transaction, cancellationToken) is not { } before)
        {
            return null;
        }

        if (before.Status != SandboxAuthorization.Challenged)
        {
            return before;
        }

        var after = isConfirmed
            ? before with { Status = SandboxAuthorization.Open, Authorized = before.Amount }
            : before with { Status = SandboxAuthorization.Failed, Failure = "authentication_failed" };
        await KeepAsync(connection, before, after, isConfirmed ? "authorize" : "fail", transaction, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return after;
    }

    private static (SandboxAuthorization After, int Status) Decide(SandboxAuthorization it, string verb, decimal amount) => verb switch
    {
        "authorize" when SandboxCards.DeclineOf(it.Source) is { } code => (it with { Status = SandboxAuthorization.Failed, Failure = code }, 402),
        "authorize" when SandboxCards.Does(it.Source, SandboxCards.Challenge) => (it with { Status = SandboxAuthorization.Challenged }, 200),
        "authorize" => (it with { Status = SandboxAuthorization.Open, Authorized = it.Amount }, 200),
        "capture" when SandboxCards.Does(it.Source, SandboxCards.CaptureDeclined) => (it with { Failure = "capture_declined" }, 402),
        "capture" when it.Status != SandboxAuthorization.Open || amount > it.Authorized - it.Captured => (it with { Failure = "amount_too_large" }, 402),
        "capture" => (Captured(it, amount), 200),
        "refund" when SandboxCards.Does(it.Source, SandboxCards.RefundDeclined) => (it with { Failure = "refund_declined" }, 402),
        "refund" when amount > it.Captured - it.Refunded => (it with { Failure = "amount_too_large" }, 402),
        "refund" => (it with { Refunded = it.Refunded + amount }, 200),
        "void" when it.Status == SandboxAuthorization.Challenged => (it with { Status = SandboxAuthorization.Failed, Failure = Payment.Voided }, 200),
        "void" => (it.Status == SandboxAuthorization.Failed ? it : it with { Status = SandboxAuthorization.Closed }, 200),
        _ => throw new InvalidOperationException($"The sandbox does not {verb}."),
    };

    private static SandboxAuthorization Captured(SandboxAuthorization it, decimal amount) => it with
    {
        Captured = it.Captured + amount,
        Status = it.Captured + amount == it.Authorized ? SandboxAuthorization.Closed : it.Status,
    };

    private async Task KeepAsync(
        NpgsqlConnection connection, SandboxAuthorization before, SandboxAuthorization after, string verb, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        // Why a single call was declined is part of its answer; of the authorization only what ended it.
        var kept = after.Status == SandboxAuthorization.Failed ? after : after with { Failure = before.Failure };
        await connection.ExecuteAsync(new CommandDefinition(
            UpsertAuthorization,
            new { kept.Id, kept.Reference, kept.Source, kept.Currency, kept.Amount, kept.Authorized, kept.Captured, kept.Refunded, kept.Status, kept.ReturnUrl, kept.Failure, now },
            transaction, cancellationToken: cancellationToken));
        if (SandboxCards.Does(before.Source, SandboxCards.WebhookNever))
        {
            return;
        }

        var notice = $"evt_{Identifiers.Next():N}";
        var body = JsonSerializer.Serialize(
            new SandboxNotice(notice, $"authorization.{verb}", kept.Id, kept.Reference, now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)), SandboxJson.Default.SandboxNotice);
        var isFirst = kept.Captured == 0 && kept.Refunded == 0;
        var due = SandboxCards.Does(before.Source, SandboxCards.WebhookLate) || (isFirst && SandboxCards.Does(before.Source, SandboxCards.WebhookReordered)) ? now + Late : now;
        for (var delivery = 1; delivery <= (SandboxCards.Does(before.Source, SandboxCards.WebhookTwice) ? 2 : 1); delivery++)
        {
            await connection.ExecuteAsync(new CommandDefinition(InsertNotice, new { id = notice, delivery, body, due }, transaction, cancellationToken: cancellationToken));
        }
    }

    private static async Task<bool> LoseAsync(NpgsqlConnection connection, string key, NpgsqlTransaction transaction, CancellationToken cancellationToken) =>
        await connection.ExecuteAsync(new CommandDefinition(InsertLoss, new { key }, transaction, cancellationToken: cancellationToken)) == 1;

    private static async Task<SandboxAnswer?> KnownAsync(NpgsqlConnection connection, string key, NpgsqlTransaction? transaction, CancellationToken cancellationToken) =>
        await connection.QuerySingleOrDefaultAsync<(int Status, string Body)?>(new CommandDefinition(SelectCall, new { key }, transaction, cancellationToken: cancellationToken)) is { } known
            ? new SandboxAnswer(known.Status, known.Body, JsonSerializer.Deserialize(known.Body, SandboxJson.Default.SandboxAuthorization))
            : null;

    private static Task<SandboxAuthorization?> FindAsync(
        NpgsqlConnection connection, string? id, Guid? reference, NpgsqlTransaction? transaction, CancellationToken cancellationToken) =>
        connection.QuerySingleOrDefaultAsync<SandboxAuthorization>(new CommandDefinition(SelectAuthorization, new { id, reference }, transaction, cancellationToken: cancellationToken));
}
