using System.Security.Cryptography;

namespace Commerce.EmbeddedPostgres;

/// <summary>
/// The files of one cluster. They lie in the data directory itself, unless the server's account cannot get there
/// (a checkout below /root): then in a folder of the machine, to which <c>cluster</c> in the data directory links.
/// </summary>
internal sealed record ClusterLocation(string Root)
{
    private const string LinkName = "cluster";
    private const string MachineFolder = "/var/lib/commerce-postgres";

    public string Data => Path.Combine(Root, "pgdata");

    public string Draft => Path.Combine(Root, "pgdata.new");

    public string Sockets => Path.Combine(Root, "run");

    public string Settings => Path.Combine(Root, "settings.conf");

    public string Password => Path.Combine(Root, "password");

    public string Port => Path.Combine(Root, "port");

    public string Log => Path.Combine(Root, "postgres.log");

    public string PidFile => Path.Combine(Data, "postmaster.pid");

    public static async Task<ClusterLocation> PrepareAsync(
        string dataDirectory, ServerAccount account, CancellationToken cancellationToken)
    {
        var link = Path.Combine(dataDirectory, LinkName);
        if (new DirectoryInfo(link).LinkTarget is { } target && Directory.Exists(target))
        {
            return await OwnedAsync(new ClusterLocation(target), account, cancellationToken);
        }

        if (!account.IsSeparate)
        {
            return await OwnedAsync(new ClusterLocation(dataDirectory), account, cancellationToken);
        }

        // Reachable means: every folder above can be passed. The last one is given to the account anyway.
        var parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(dataDirectory)) ?? "/";
        if (await account.TestsAsync(["-x", parent], cancellationToken))
        {
            return await OwnedAsync(new ClusterLocation(dataDirectory), account, cancellationToken);
        }

        var machineFolder = await RootOnlyFolderAsync(MachineFolder, cancellationToken);
        DeleteAbandoned(machineFolder);
        var elsewhere = Path.Combine(machineFolder, RandomNumberGenerator.GetHexString(16, lowercase: true));
        Directory.CreateDirectory(elsewhere);
        File.Delete(link);
        Directory.CreateSymbolicLink(link, elsewhere);

        // Last, so that another start that looks for abandoned clusters never finds an origin without its link.
        await File.WriteAllTextAsync(elsewhere + ".origin", link, cancellationToken);
        return await OwnedAsync(new ClusterLocation(elsewhere), account, cancellationToken);
    }

    /// <summary>A folder that everybody may pass and only root may write.</summary>
    public static async Task<string> RootOnlyFolderAsync(string path, CancellationToken cancellationToken)
    {
        await Command.RequireAsync(["install", "-d", "-m", "0755", path], cancellationToken);
        return path;
    }

    /// <summary>Deletes the cluster, wherever it lies.</summary>
    public void Delete(string dataDirectory)
    {
        foreach (var folder in (string[])[Root, dataDirectory])
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }
        }

        File.Delete(Root + ".origin");
    }

    private static async Task<ClusterLocation> OwnedAsync(
        ClusterLocation location, ServerAccount account, CancellationToken cancellationToken)
    {
        PrivateFiles.CloseFolder(location.Root);
        await account.OwnAsync(location.Root, recursive: false, cancellationToken);

        // A cluster that was made by another account (first as oneself, then as root) is taken over whole.
        if (Directory.Exists(location.Data) && !await account.TestsAsync(["-O", location.Data], cancellationToken))
        {
            await account.OwnAsync(location.Root, recursive: true, cancellationToken);
        }

        return location;
    }

    /// <summary>Deletes clusters whose data directory was deleted or points elsewhere by now.</summary>
    private static void DeleteAbandoned(string machineFolder)
    {
        foreach (var origin in Directory.EnumerateFiles(machineFolder, "*.origin"))
        {
            var cluster = origin[..^".origin".Length];
            var link = File.ReadAllText(origin).Trim();
            if (new DirectoryInfo(link).LinkTarget != cluster)
            {
                if (Directory.Exists(cluster))
                {
                    Directory.Delete(cluster, recursive: true);
                }

                File.Delete(origin);
            }
        }
    }
}
