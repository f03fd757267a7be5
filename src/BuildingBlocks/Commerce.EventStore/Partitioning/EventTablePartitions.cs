using System.Globalization;
using Npgsql;

namespace Commerce.EventStore.Partitioning;

/// <summary>
/// Converts the event tables, while nothing writes, into ones that keep archived streams apart (see <c>docs/adr</c> on partitions). The store works on both kinds; a
/// shop needs the other one when most of its history is archived.
/// </summary>
public static class EventTablePartitions
{
    private const string IsPartitioned = "select relkind = 'p' from pg_class where oid = 'events.mt_events'::regclass";

    /// <summary>Converts the tables in one transaction: all of it happens, or nothing.</summary>
    /// <param name="connection">The administrator, or the tables' owner.</param>
    /// <param name="patience">How long to wait for whoever works on the tables.</param>
    /// <param name="cancellationToken">Cancels it; nothing has happened then.</param>
    /// <returns>False when the tables were partitioned already.</returns>
    /// <exception cref="PostgresException">Somebody works on the tables (55P03), or they are others than ours.</exception>
    public static async Task<bool> PartitionAsync(NpgsqlConnection connection, TimeSpan patience, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var look = new NpgsqlCommand(IsPartitioned, connection))
        {
            if (await look.ExecuteScalarAsync(cancellationToken) is true)
            {
                return false;
            }
        }

        await using (var bound = new NpgsqlCommand(string.Create(CultureInfo.InvariantCulture, $"set local lock_timeout = {(int)patience.TotalMilliseconds}"), connection))
        {
            await bound.ExecuteNonQueryAsync(cancellationToken);
        }

        using var script = new StreamReader(typeof(EventTablePartitions).Assembly.GetManifestResourceStream("Commerce.EventStore.Partitioning.partition.sql")!);
        await using var convert = new NpgsqlCommand(await script.ReadToEndAsync(cancellationToken), connection) { CommandTimeout = 0 };
        await convert.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }
}
