using Commerce.ReadModels;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Identity;

/// <summary>Clears what nothing needs any more: persons whose account never came to be, devices of sessions long over, forgotten logins.</summary>
internal sealed partial class PersonalDataSweep(ModuleDatabase<Account> database, TimeProvider time, ILogger<PersonalDataSweep> logger) : BackgroundService
{
    internal const string DeletePeople =
        "DELETE FROM identity.people p WHERE p.written_at < @hourAgo AND NOT EXISTS (SELECT FROM identity.accounts a WHERE a.id = p.account_id)";

    internal const string DeleteDevices =
        """
        DELETE FROM identity.devices d WHERE d.written_at < @monthAgo
           AND NOT EXISTS (SELECT FROM identity.sessions s WHERE s.id = d.session_id AND coalesce(s.ended_at, s.refreshed_at) >= @monthAgo)
        """;

    internal const string DeleteAttempts = "DELETE FROM identity.login_attempts WHERE at < @hourAgo AND free_at < @now";

    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var arguments = new { now, hourAgo = now.AddHours(-1), monthAgo = now.AddDays(-31) };
        await using var connection = await database.OpenAsync(cancellationToken);
        foreach (var sql in new[] { DeletePeople, DeleteDevices, DeleteAttempts })
        {
            await connection.ExecuteAsync(new CommandDefinition(sql, arguments, cancellationToken: cancellationToken));
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RunAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                LogFailed(exception);
            }
        }
    }

    [LoggerMessage(5001, LogLevel.Warning, "Personal data could not be swept; trying again in an hour")]
    private partial void LogFailed(Exception exception);
}
