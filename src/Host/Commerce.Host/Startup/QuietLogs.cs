namespace Commerce.Host.Startup;

/// <summary>What the log is for: what an operator should know. A line a request would bury it and cost more than the request.</summary>
internal static class QuietLogs
{
    public static void UseQuietLogs(this WebApplicationBuilder builder)
    {
        // Before the settings, so that Logging__LogLevel__… still has the last word.
        builder.Logging.AddSimpleConsole(line =>
        {
            line.SingleLine = true;
            line.TimestampFormat = "HH:mm:ss ";
        });
        builder.Services.Configure<LoggerFilterOptions>(options =>
        {
            options.Rules.Insert(0, new LoggerFilterRule(null, null, LogLevel.Information, null));
            options.Rules.Insert(1, new LoggerFilterRule(null, "Microsoft", LogLevel.Warning, null));
            options.Rules.Insert(2, new LoggerFilterRule(null, "System.Net.Http", LogLevel.Warning, null));
            options.Rules.Insert(3, new LoggerFilterRule(null, "Npgsql", LogLevel.Warning, null));
        });
    }
}
