using Commerce.Outcomes;
using Npgsql;

namespace Commerce.Web;

/// <summary>Tells a database that is away from a statement that is wrong.</summary>
internal static class DatabaseFaults
{
    /// <summary>The refusal for a fault of the database's own making, or null for anything else.</summary>
    public static Refusal? RefusalFor(Exception? fault)
    {
        for (var current = fault; current is not null; current = current.InnerException)
        {
            switch (current)
            {
                // Text that PostgreSQL cannot store and that came past the checks at the edge: the client's fault all the same.
                case PostgresException { SqlState: PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter }:
                    return new MalformedRequest("The request has text that cannot be stored.");
                case PostgresException refused:
                    return IsAway(refused.SqlState) ? new DatabaseUnavailable() : null;
                // Everything else that the driver throws is a connection that broke, timed out or could not be had.
                case NpgsqlException:
                // A fill of the cache that waited for its share of the database longer than anybody waits for a page.
                case TimeoutException:
                    return new DatabaseUnavailable();
            }
        }

        return null;
    }

    private static bool IsAway(string state) => state switch
    {
        // Shutdown, crash, starting up, statement time-out, a standby after a failover, a deadlock or serialization failure that outlived its retries.
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.DatabaseDropped
            or PostgresErrorCodes.IdleSessionTimeout or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.ReadOnlySqlTransaction
            or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.LockNotAvailable
            or PostgresErrorCodes.InvalidCatalogName => true,
        // Classes: 08 connection, 28 log-in, 53 resources (too many connections, disk full), 58 I/O.
        _ => state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("28", StringComparison.Ordinal)
            || state.StartsWith("53", StringComparison.Ordinal) || state.StartsWith("58", StringComparison.Ordinal),
    };
}
