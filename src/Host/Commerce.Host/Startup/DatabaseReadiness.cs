using Commerce.EventStore;
using Commerce.ReadModels;
using Npgsql;

namespace Commerce.Host.Startup;

/// <summary>Brings the database to this program's shape before the first request.</summary>
internal static class DatabaseReadiness
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    /// <summary>Migrates; a database that is still starting (a compose file starts both at once) is waited for.</summary>
    public static async Task PrepareDatabaseAsync(this WebApplication app)
    {
        var time = app.Services.GetRequiredService<TimeProvider>();
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                await app.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(app.Lifetime.ApplicationStopping);
                await app.Services.GetRequiredService<PostgresEventStore>().PrepareAsync(app.Lifetime.ApplicationStopping);
                return;
            }
            catch (NpgsqlException away) when (away is not PostgresException { IsTransient: false } && time.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(BetweenTries, time, app.Lifetime.ApplicationStopping);
            }
        }
    }
}
