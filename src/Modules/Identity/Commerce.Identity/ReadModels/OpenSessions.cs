using Commerce.ReadModels;
using Dapper;

namespace Commerce.Identity.ReadModels;

/// <summary>The open sessions of an account, the newest thousand: nobody has more, and a decision has to end somewhere.</summary>
internal sealed class OpenSessions(ModuleDatabase<Account> database)
{
    internal const string Select = "SELECT id FROM identity.sessions WHERE account_id = @accountId AND ended_at IS NULL ORDER BY started_at DESC LIMIT 1000";

    internal async Task<List<Guid>> OfAsync(Guid accountId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return [.. await connection.QueryAsync<Guid>(new CommandDefinition(Select, new { accountId }, cancellationToken: cancellationToken))];
    }
}
