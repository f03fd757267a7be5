using System.Globalization;
using Commerce.EventStore.Partitioning;
using Commerce.Host.Startup;
using Commerce.ReadModels;
using Npgsql;

namespace Commerce.Host.Operations;

/// <summary>
/// <c>partition</c> instead of serving: converts the event tables, once and in one transaction, into ones that keep archived streams apart. No Host may run meanwhile.
/// </summary>
internal static class PartitionCommand
{
    private const string Shops = "select count(*) from pg_stat_activity where datname = current_database() and usename like 'commerce\\_%' and pid <> pg_backend_pid()";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Converts and tells.</summary>
    /// <returns>0 when the tables are partitioned now, whoever did it.</returns>
    public static async Task<int> PartitionAsync(this WebApplication app, TextWriter output)
    {
        var configured = app.Services.GetRequiredService<IConfiguration>().GetConnectionString(RoleConnections.Setting)!;
        var settings = new NpgsqlConnectionStringBuilder(configured) { ApplicationName = "commerce-partition", Pooling = false };
        await output.WriteLineAsync($"Partitioning the event tables of {settings.Database} on {settings.Host}:{settings.Port.ToString(CultureInfo.InvariantCulture)}");
        try
        {
            await using var connection = new NpgsqlConnection(settings.ConnectionString);
            await connection.OpenAsync(app.Lifetime.ApplicationStopping);
            await using (var others = new NpgsqlCommand(Shops, connection))
            {
                if (await others.ExecuteScalarAsync(app.Lifetime.ApplicationStopping) is > 0L)
                {
                    throw new StartException("A Host works on this database. Stop every Host first.");
                }
            }

            await output.WriteLineAsync(await EventTablePartitions.PartitionAsync(connection, Patience, app.Lifetime.ApplicationStopping)
                ? "Done: what is archived from now on leaves the tables that the shop works on."
                : "They were partitioned before: nothing changed.");
            return 0;
        }
        catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.InvalidCatalogName)
        {
            throw new StartException($"This is no database of Commerce: {fault.MessageText}.");
        }
        catch (NpgsqlException fault)
        {
            throw new StartException($"The tables cannot be partitioned, and nothing changed: {fault.Message}");
        }
    }
}
