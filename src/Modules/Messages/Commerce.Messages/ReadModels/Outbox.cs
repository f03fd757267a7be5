using Commerce.ReadModels;
using Dapper;

namespace Commerce.Messages.ReadModels;

/// <summary>
/// The outbox as the sender sees it. To claim a message is to put off its next attempt: whoever dies with it in hand needs no clearing up, and no transaction is
/// open while a letter is on its way.
/// </summary>
internal sealed class Outbox(ModuleDatabase<MessagesDatabase> database, MessagesOptions options, TimeProvider time)
{
    internal const string Claim =
        """
        WITH due AS (
            SELECT id FROM messages.outbox WHERE status = 'waiting' AND due_at <= @now ORDER BY due_at, id LIMIT @take FOR UPDATE SKIP LOCKED)
        UPDATE messages.outbox AS message SET attempts = message.attempts + 1, due_at = @until
          FROM due WHERE message.id = due.id
        RETURNING message.id, message.kind, message.order_id, message.shipment_id, message.sku, message.amount, message.available, message.threshold,
            message.recipient, message.locale, message.attempts, message.edition, message.created_at
        """;

    /// <summary>Sent is sent, whoever else has it in hand by now.</summary>
    internal const string MarkSent =
        """
        UPDATE messages.outbox SET status = 'sent', sent_at = @now, recipient = @masked, locale = @locale, fault = NULL
         WHERE id = @id AND edition = @edition
        """;

    /// <summary>Whoever has it in hand by now knows better.</summary>
    internal const string MarkTried =
        "UPDATE messages.outbox SET status = @status, due_at = @dueAt, fault = @fault WHERE id = @id AND edition = @edition AND attempts = @attempts AND status = 'waiting'";

    internal const string ForgetAddresses = "UPDATE messages.outbox SET recipient = NULL WHERE status = 'failed' AND recipient IS NOT NULL AND created_at < @before";

    internal const string ForgetWishes = "DELETE FROM messages.wishes WHERE created_at < @before";

    private const int LongestFault = 500;

    /// <summary>Takes messages that are due in hand.</summary>
    public async Task<IReadOnlyList<OutgoingMessage>> ClaimAsync(int take, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenAsync(cancellationToken);
        var claimed = await connection.QueryAsync<OutgoingMessage>(new CommandDefinition(
            Claim, new { now = now.UtcDateTime, until = (now + (2 * options.Patience)).UtcDateTime, take }, cancellationToken: cancellationToken));
        return claimed.AsList();
    }

    /// <summary>Writes down that a message left, and forgets where to.</summary>
    public Task SentAsync(OutgoingMessage message, string address, string locale, CancellationToken cancellationToken) => ExecuteAsync(
        MarkSent, new { id = message.Id, edition = message.Edition, now = time.GetUtcNow().UtcDateTime, masked = Addresses.Mask(address), locale }, cancellationToken);

    /// <summary>Writes down that a message did not leave; it is tried again after a pause.</summary>
    public Task PutOffAsync(OutgoingMessage message, string fault, CancellationToken cancellationToken) =>
        TriedAsync(message, MessageStatuses.Waiting, time.GetUtcNow() + options.PauseAfter(message.Attempts), fault, cancellationToken);

    /// <summary>Writes down that a message is not going to leave.</summary>
    public Task EndAsync(OutgoingMessage message, string status, string fault, CancellationToken cancellationToken) =>
        TriedAsync(message, status, time.GetUtcNow(), fault, cancellationToken);

    /// <summary>Forgets addresses and wishes that nobody will need any more.</summary>
    public async Task ForgetAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await ExecuteAsync(ForgetAddresses, new { before = (now - options.KeepsAddress).UtcDateTime }, cancellationToken);
        await ExecuteAsync(ForgetWishes, new { before = (now - options.KeepsWish).UtcDateTime }, cancellationToken);
    }

    private Task TriedAsync(OutgoingMessage message, string status, DateTimeOffset dueAt, string fault, CancellationToken cancellationToken) => ExecuteAsync(
        MarkTried,
        new
        {
            id = message.Id,
            edition = message.Edition,
            attempts = message.Attempts,
            status,
            dueAt = dueAt.UtcDateTime,
            fault = fault.Length <= LongestFault ? fault : fault[..LongestFault],
        },
        cancellationToken);

    private async Task ExecuteAsync(string sql, object arguments, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, arguments, cancellationToken: cancellationToken));
    }
}

/// <summary>A message in the hand of a sender.</summary>
internal sealed record OutgoingMessage
{
    /// <summary>Its id.</summary>
    public Guid Id { get; init; }

    /// <summary>What it is about; see <see cref="MessageKinds"/>.</summary>
    public string Kind { get; init; } = "";

    /// <summary>The order it is about, or null.</summary>
    public Guid? OrderId { get; init; }

    /// <summary>The parcel it is about, or null.</summary>
    public Guid? ShipmentId { get; init; }

    /// <summary>The SKU it is about, or null.</summary>
    public string? Sku { get; init; }

    /// <summary>The money it is about, in the order's currency.</summary>
    public decimal? Amount { get; init; }

    /// <summary>Units that can be sold, for staff.</summary>
    public int? Available { get; init; }

    /// <summary>From how many units on the stock is low, for staff.</summary>
    public int? Threshold { get; init; }

    /// <summary>Where to, when no order tells it.</summary>
    public string? Recipient { get; init; }

    /// <summary>In which language, when no order tells it.</summary>
    public string? Locale { get; init; }

    /// <summary>The number of this attempt, 1 for the first.</summary>
    public int Attempts { get; init; }

    /// <summary>1, and one more each time that staff has it sent anew.</summary>
    public int Edition { get; init; }

    /// <summary>When its cause was heard of.</summary>
    public DateTimeOffset CreatedAt { get; init; }
}
