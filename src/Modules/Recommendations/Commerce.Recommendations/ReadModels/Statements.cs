using Npgsql;

namespace Commerce.Recommendations.ReadModels;

/// <summary>A statement with arrays for <c>unnest</c>, in one line.</summary>
internal static class Statements
{
    internal static NpgsqlBatch Add(this NpgsqlBatch batch, string sql, params object[] arguments)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var argument in arguments)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = argument });
        }

        batch.BatchCommands.Add(command);
        return batch;
    }
}
