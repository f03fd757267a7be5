using Commerce.Inventory.Contracts;
using Commerce.ReadModels;
using Dapper;
using Npgsql;

namespace Commerce.Messages.ReadModels;

/// <summary>
/// Who waits for which SKU. Every change of a stock is heard, but a wish only becomes a message while there are units now: what was in stock for a moment and is
/// sold again is no news.
/// </summary>
internal sealed class Wishes(ModuleDatabase<MessagesDatabase> database, IStockLevels stock, TimeProvider time)
{
    internal const string SelectWanted = "SELECT DISTINCT sku FROM messages.wishes WHERE sku = ANY (@skus::text[])";

    /// <summary>The wish goes and the message comes in one statement, so there is one message for each wish.</summary>
    internal const string Fulfil =
        """
        WITH heard AS (DELETE FROM messages.wishes WHERE sku = ANY (@skus::text[]) RETURNING id, sku, email, locale)
        INSERT INTO messages.outbox (id, kind, cause, sku, recipient, locale, status, created_at, due_at)
        SELECT id, 'backInStock', id, sku, email, locale, 'waiting', @now::timestamptz, @now::timestamptz FROM heard
        ON CONFLICT (cause, kind) DO NOTHING
        """;

    /// <summary>Turns the wishes for those of the SKUs that can be had now into messages.</summary>
    public async Task FulfilAsync(IReadOnlyCollection<string> skus, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (skus.Count == 0)
        {
            return;
        }

        var wanted = (await connection.QueryAsync<string>(new CommandDefinition(SelectWanted, new { skus = skus.ToArray() }, cancellationToken: cancellationToken))).AsList();
        if (wanted.Count == 0)
        {
            return;
        }

        var levels = await stock.LevelsAsync(wanted, cancellationToken);
        var there = wanted.Where(sku => levels.TryGetValue(sku, out var level) && level.Availability is Availabilities.InStock or Availabilities.LowStock).ToArray();
        if (there.Length > 0)
        {
            await connection.ExecuteAsync(new CommandDefinition(Fulfil, new { skus = there, now = time.GetUtcNow().UtcDateTime }, cancellationToken: cancellationToken));
        }
    }

    /// <summary>The same over a connection of its own.</summary>
    public async Task FulfilAsync(string sku, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await FulfilAsync([sku], connection, cancellationToken);
    }
}
