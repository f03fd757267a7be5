using System.Globalization;

namespace Commerce.Host.Startup;

/// <summary>What the command line says: <c>[verify [--events-only] | partition] [--connection TEXT] --port N --data DIR --no-sample</c>; the rest is configuration.</summary>
/// <param name="Port">The loopback port to listen on, or null for what is configured.</param>
/// <param name="DataFolder">Where the embedded database and the bootstrap key live, or null for <c>.commerce</c>.</param>
/// <param name="LoadsSample">Whether an empty shop gets the sample catalogue.</param>
/// <param name="Verifies">Whether to verify the database instead of serving.</param>
/// <param name="Partitions">Whether to partition the event tables instead of serving.</param>
/// <param name="Connection">The database to verify or partition, or null for the shop's own.</param>
/// <param name="ReadModels">Whether a verification compares read models as well.</param>
/// <param name="Configuration">The arguments that configuration reads.</param>
internal sealed record HostArguments(int? Port, string? DataFolder, bool LoadsSample, bool Verifies, bool Partitions, string? Connection, bool ReadModels, string[] Configuration)
{
    /// <summary>Whether the Host serves the shop; otherwise it does one thing to a database that is there, and ends.</summary>
    public bool Serves => !Verifies && !Partitions;

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="StartException">One of them makes no sense.</exception>
    public static HostArguments Read(string[] arguments)
    {
        int? port = null;
        string? data = null;
        string? connection = null;
        var sample = true;
        var verifies = arguments is ["verify", ..];
        var partitions = arguments is ["partition", ..];
        var readModels = true;
        // Nobody changes settings under a running Host. Watching for it would watch everything below the working folder, and where that is a checkout the
        // embedded database writes there: an event for each of its writes.
        List<string> rest = ["--hostBuilder:reloadConfigOnChange=false"];
        for (var at = verifies || partitions ? 1 : 0; at < arguments.Length; at++)
        {
            var (name, inline) = arguments[at].Split('=', 2) is [var left, var right] ? (left, right) : (arguments[at], null);
            switch (name)
            {
                case "--port":
                    var text = inline ?? Next(arguments, ref at, name);
                    port = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 65535
                        ? number
                        : throw new StartException($"--port takes a number from 0 to 65535, not '{text}'.");
                    break;
                case "--data":
                    data = inline ?? Next(arguments, ref at, name);
                    break;
                case "--connection" when verifies || partitions:
                    connection = inline ?? Next(arguments, ref at, name);
                    break;
                case "--events-only" when verifies:
                    readModels = false;
                    break;
                case "--no-sample":
                    sample = false;
                    break;
                default:
                    rest.Add(arguments[at]);
                    break;
            }
        }

        return new HostArguments(port, data, sample, verifies, partitions, connection, readModels, [.. rest]);
    }

    private static string Next(string[] arguments, ref int at, string name) =>
        ++at < arguments.Length ? arguments[at] : throw new StartException($"{name} needs a value.");
}

/// <summary>The Host cannot start, for a reason that its caller can mend; said in one line, without a stack.</summary>
internal sealed class StartException(string message) : Exception(message);
