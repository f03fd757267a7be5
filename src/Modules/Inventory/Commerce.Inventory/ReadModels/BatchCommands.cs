using Npgsql;

namespace Commerce.Inventory.ReadModels;

/// <summary>A statement with arrays for <c>unnest</c>, in one line.</summary>
internal static class BatchCommands
{
    /// <summary>Adds a statement; the arguments are $1, $2 and so on.</summary>
    internal static void Add(this NpgsqlBatch batch, string sql, params Array[] arguments)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var argument in arguments)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = argument });
        }

        batch.BatchCommands.Add(command);
    }
}
