using Commerce.EmbeddedPostgres;
using Commerce.ReadModels;
using Microsoft.AspNetCore.Connections;

namespace Commerce.Host.Startup;

/// <summary>A start that fails for a reason that its caller can mend says so in a line; anything else keeps its stack.</summary>
internal static class StartFaults
{
    public static async Task<int> TellAsync(Func<Task<int>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception fault) when (fault is StartException or EmbeddedPostgresException or SchemaMismatchException || fault.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"Commerce cannot start: {fault.Message}");
            return 1;
        }
    }
}
