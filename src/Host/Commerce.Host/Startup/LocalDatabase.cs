using Commerce.EmbeddedPostgres;
using Commerce.ReadModels;

namespace Commerce.Host.Startup;

/// <summary>The PostgreSQL that the Host brings along when none is configured; it stops with the Host.</summary>
internal static class LocalDatabase
{
    /// <summary>Starts it when <c>ConnectionStrings:Postgres</c> is missing, and configures it.</summary>
    /// <returns>The server to dispose at the end, or null when another one is configured.</returns>
    public static async Task<EmbeddedPostgresServer?> StartAsync(WebApplicationBuilder builder, HostFolder folder)
    {
        if (!string.IsNullOrWhiteSpace(builder.Configuration.GetConnectionString(RoleConnections.Setting)))
        {
            return null;
        }

        using var logging = LoggerFactory.Create(log => log.AddSimpleConsole(line => line.SingleLine = true).SetMinimumLevel(LogLevel.Warning));
        var server = await EmbeddedPostgresServer.StartAsync(
            new EmbeddedPostgresOptions { DataDirectory = folder.Database }, logging.CreateLogger<EmbeddedPostgresServer>());
        builder.Configuration["ConnectionStrings:" + RoleConnections.Setting] = server.ConnectionString;
        return server;
    }
}
