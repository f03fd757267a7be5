using System.Security.Cryptography;

namespace Commerce.Host.Startup;

/// <summary>The git-ignored folder where a Host keeps its embedded database, its bootstrap key and its address.</summary>
internal sealed class HostFolder
{
    private const string Name = ".commerce";
    private const string KeyFile = "bootstrap-api-key";
    private const string AddressFile = "address";

    private readonly string _known;

    /// <summary>The folder that was asked for, or <c>.commerce</c> at the root of the repository.</summary>
    /// <param name="asked">The folder that was asked for, or null.</param>
    /// <param name="known">Where the tools look; null for the usual place.</param>
    public HostFolder(string? asked, string? known = null)
    {
        Repository = FindRepository();
        _known = known ?? System.IO.Path.Combine(Repository ?? Directory.GetCurrentDirectory(), Name);
        Path = System.IO.Path.GetFullPath(asked ?? _known);
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>Where the embedded database keeps its files.</summary>
    public string Database => System.IO.Path.Combine(Path, "postgres");

    /// <summary>Where letters become files as long as there is no mail server.</summary>
    public string Messages => System.IO.Path.Combine(Path, "messages");

    /// <summary>The sample catalogue, or null where the repository is not at hand (a container).</summary>
    public string? Samples => Repository is not null && System.IO.Path.Combine(Repository, "samples") is var folder && Directory.Exists(folder) ? folder : null;

    /// <summary>The root of the checkout that this program was built in.</summary>
    private string? Repository { get; }

    /// <summary>The key of earlier starts, or a fresh one; only this account can read it.</summary>
    public string BootstrapKey()
    {
        var file = System.IO.Path.Combine(Path, KeyFile);
        if (File.Exists(file) && File.ReadAllText(file).Trim() is { Length: >= 20 } kept)
        {
            LeaveForTools(KeyFile, kept);
            return kept;
        }

        var key = "cmk_" + RandomNumberGenerator.GetHexString(40, lowercase: true);
        WritePrivate(Path, KeyFile, key);
        LeaveForTools(KeyFile, key);
        return key;
    }

    /// <summary>Leaves the address where the command-line tools look for it.</summary>
    public void LeaveAddress(string address)
    {
        LeaveForTools(AddressFile, address);
        WritePrivate(Path, AddressFile, address);
    }

    private void LeaveForTools(string file, string text)
    {
        if (!string.Equals(_known, Path, StringComparison.Ordinal) && Repository is not null)
        {
            WritePrivate(_known, file, text);
        }
    }

    private static void WritePrivate(string folder, string name, string text)
    {
        try
        {
            Directory.CreateDirectory(folder);
            var file = System.IO.Path.Combine(folder, name);
            // Whoever looks for the file finds all of it or none.
            var draft = file + ".new";
            File.Delete(draft);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                // Closed to others from its first byte on.
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            using (var writer = new StreamWriter(new FileStream(draft, options)))
            {
                writer.WriteLine(text);
            }

            File.Move(draft, file, overwrite: true);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            // A read-only file system (a container): the key was printed, and that has to do.
        }
    }

    private static string? FindRepository()
    {
        if (Environment.GetEnvironmentVariable("COMMERCE_ROOT") is { Length: > 0 } root)
        {
            return root;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Commerce.sln")))
            {
                return folder.FullName;
            }
        }

        return null;
    }
}
