using Commerce.ReadModels;
using Dapper;

namespace Commerce.Payments.Work;

/// <summary>Who works on what. A process that dies leaves its lease behind; whoever takes it over afterwards knows that the provider may have been asked already.</summary>
internal sealed class Leases(ModuleDatabase<PaymentsDatabase> database, PaymentsOptions options, TimeProvider clock)
{
    internal const string Take =
        """
        INSERT INTO payments.leases AS lease (key, until, takes) VALUES (@key, @until, 1)
        ON CONFLICT (key) DO UPDATE SET until = excluded.until, takes = lease.takes + 1 WHERE lease.until <= @now
        RETURNING takes
        """;

    internal const string GiveBack = "DELETE FROM payments.leases WHERE key = @key";

    /// <summary>Takes a lease.</summary>
    /// <returns>How often it was taken, this time included; 0 when somebody else has it.</returns>
    public async Task<int> TakeAsync(Guid key, TimeSpan? length, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<int>(
            new CommandDefinition(Take, new { key, now, until = now + (length ?? options.Lease) }, cancellationToken: cancellationToken));
    }

    /// <summary>Gives a lease back: the outcome is recorded.</summary>
    public async Task GiveBackAsync(Guid key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(GiveBack, new { key }, cancellationToken: cancellationToken));
    }
}
