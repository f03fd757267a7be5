using Commerce.ReadModels;

namespace Commerce.Host.Startup;

/// <summary>The database of a command that looks at one instead of serving.</summary>
internal static class NamedDatabase
{
    /// <summary>Takes the database that the command line names; without one, the shop's usual one, which must be there already.</summary>
    public static void UseNamedDatabase(this WebApplicationBuilder builder, HostArguments arguments, HostFolder folder)
    {
        if (arguments.Serves)
        {
            return;
        }

        const string setting = "ConnectionStrings:" + RoleConnections.Setting;
        if (arguments.Connection is { } connection)
        {
            builder.Configuration[setting] = connection;
        }
        else if (string.IsNullOrWhiteSpace(builder.Configuration[setting]) && !Directory.Exists(folder.Database))
        {
            throw new StartException($"There is no database in {folder.Database}. Name one with --connection or --data.");
        }
    }
}
