namespace Commerce.ReadModels;

/// <summary>Brings the database to the shape that this program expects.</summary>
public interface IDatabaseMigrator
{
    /// <summary>
    /// Creates what is missing of roles, schemas, extensions, tables and grants. Safe to call from several hosts at once and on every start.
    /// </summary>
    /// <exception cref="SchemaMismatchException">A script that was applied has another text now.</exception>
    /// <exception cref="Npgsql.NpgsqlException">The database is away, or the administrator may not do this.</exception>
    Task MigrateAsync(CancellationToken cancellationToken);
}

/// <summary>The database was built by other scripts than this program carries.</summary>
/// <param name="message">Which script, and what to do.</param>
public sealed class SchemaMismatchException(string message) : Exception(message);
