using System.Globalization;
using Commerce.EventStore;
using Commerce.EventStore.Verification;
using Commerce.Host.Startup;
using Commerce.ReadModels;
using Npgsql;

namespace Commerce.Host.Verification;

/// <summary>
/// <c>verify</c> instead of serving: the services of every module are composed as for the shop, and the database is replayed through them. It writes nothing
/// but the copies of read models that it compares with, which it drops again. Run it while nothing else writes.
/// </summary>
internal static class VerifyCommand
{
    /// <summary>The rules that no module can state alone.</summary>
    public static void AddRulesBetweenModules(this IServiceCollection services) =>
        services.AddSingleton<LastAnnouncement>().AddEvents(events => events.Rule<OrderLinesAreStockMovements>().Rule<OrderMoneyIsPaymentMoney>().Rule<OrdersHaveTheirDiscounts>());

    /// <summary>Verifies and tells.</summary>
    /// <returns>0 for a sound database, 1 for any violation.</returns>
    public static async Task<int> VerifyAsync(this WebApplication app, HostArguments arguments, TextWriter output)
    {
        var configured = app.Services.GetRequiredService<IConfiguration>().GetConnectionString(RoleConnections.Setting)!;
        // As the administrator, not as the store's role: a copy restored elsewhere has other passwords, and nothing is changed for looking.
        var connection = new NpgsqlConnectionStringBuilder(configured) { ApplicationName = "commerce-verify", CommandTimeout = 0 };
        app.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<EventStoreOptions>>().Value.ConnectionString = connection.ConnectionString;
        var verifier = app.Services.GetRequiredService<DatabaseVerifier>();
        await output.WriteLineAsync($"Verifying {connection.Database} on {connection.Host}:{connection.Port.ToString(CultureInfo.InvariantCulture)}");
        try
        {
            var report = await verifier.VerifyAsync(new ProgressLines(output), arguments.ReadModels, app.Lifetime.ApplicationStopping);
            await TellAsync(report, output);
            return report.Violations.Count == 0 ? 0 : 1;
        }
        catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName or PostgresErrorCodes.InvalidCatalogName)
        {
            throw new StartException($"This is no database of Commerce: {fault.MessageText}.");
        }
        catch (NpgsqlException fault)
        {
            throw new StartException($"The database cannot be read: {fault.Message}");
        }
    }

    private static async Task TellAsync(VerificationReport report, TextWriter output)
    {
        var broken = report.Violations.ToDictionary(violation => violation.Statement, StringComparer.Ordinal);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"""

            {report.Events:N0} events of {report.Streams:N0} streams replayed in one order, {report.Events / Math.Max(report.ReplaySeconds, 0.001):N0} a second, {report.Events / Math.Max(report.ReplayCpuSeconds, 0.001):N0} a second of processor time
            {report.Projections} read models compared with a fresh replay, {report.IdempotencyRecords:N0} idempotency records looked up

            """));
        foreach (var statement in report.Statements.Distinct(StringComparer.Ordinal))
        {
            if (!broken.TryGetValue(statement, out var violation))
            {
                await output.WriteLineAsync($"  holds   {statement}");
                continue;
            }

            await output.WriteLineAsync($"  BROKEN  {statement}");
            var where = violation.Position == EventPosition.Start ? "" : $"first at position {violation.Position}";
            var stream = violation.StreamId is { } id ? $"stream {id}" : "";
            await output.WriteLineAsync($"          {string.Join(", ", new[] { where, stream }.Where(part => part.Length > 0))}: {violation.What}".Replace("          : ", "          ", StringComparison.Ordinal));
        }

        await output.WriteLineAsync();
        await output.WriteLineAsync(broken.Count == 0 ? $"Sound: {report.Statements.Count} statements hold." : $"NOT SOUND: {broken.Count} of {report.Statements.Count} statements are broken.");
    }

    /// <summary>A line now and then; what reads it may be a log.</summary>
    private sealed class ProgressLines(TextWriter output) : IProgress<VerificationStep>
    {
        private long _nextEvents = 1_000_000;

        public void Report(VerificationStep value)
        {
            if (value.Doing == "events" && value.Done < _nextEvents)
            {
                return;
            }

            _nextEvents = value.Done + 1_000_000;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {value.Doing}: {value.Done:N0} of {value.Total:N0}"));
        }
    }
}
