using Npgsql;

namespace Commerce.Architecture.Tests.Rules;

/// <summary>No module reads another's tables.</summary>
internal static class SqlWall
{
    /// <summary>The tables of other schemas that a role can read, though it must not.</summary>
    public static async Task<IReadOnlyList<string>> OpenTablesAsync(NpgsqlConnection connection, string ownSchema, IEnumerable<(string Schema, string Table)> tables)
    {
        var open = new List<string>();
        foreach (var (schema, table) in tables.Where(table => table.Schema != ownSchema))
        {
            try
            {
                await using var select = new NpgsqlCommand($"select * from \"{schema}\".\"{table}\" limit 1", connection);
                await select.ExecuteScalarAsync();
                open.Add($"{schema}.{table}: readable");
            }
            catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                // As it must be.
            }
            catch (PostgresException other)
            {
                open.Add($"{schema}.{table}: {other.SqlState} instead of 42501");
            }
        }

        return open;
    }
}
