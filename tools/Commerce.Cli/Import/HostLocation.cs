namespace Commerce.Cli.Import;

/// <summary>Where the running Host is and what opens it: as asked, else as <c>./dev run</c> left it under <c>.commerce</c>.</summary>
internal static class HostLocation
{
    private const string DefaultAddress = "http://127.0.0.1:5080";

    public static (Uri Address, string? ApiKey) Find(string? url, string? apiKey)
    {
        url ??= Left("address") ?? DefaultAddress;
        apiKey ??= NotEmpty(Environment.GetEnvironmentVariable("COMMERCE_BOOTSTRAP_API_KEY")) ?? Left("bootstrap-api-key");
        return (new Uri(url.TrimEnd('/') + "/"), apiKey);
    }

    /// <summary>The repository that this program was started in.</summary>
    public static string? Repository()
    {
        if (NotEmpty(Environment.GetEnvironmentVariable("COMMERCE_ROOT")) is { } root)
        {
            return root;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "dev")))
            {
                return folder.FullName;
            }
        }

        return null;
    }

    private static string? Left(string file)
    {
        var path = Repository() is { } root ? Path.Combine(root, ".commerce", file) : null;
        return path is not null && File.Exists(path) ? NotEmpty(File.ReadAllText(path).Trim()) : null;
    }

    private static string? NotEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text;
}
