namespace Commerce.Host.Startup;

/// <summary>The staff key with every scope that a shop begins with.</summary>
internal static class BootstrapKey
{
    /// <summary>The setting that names it.</summary>
    public const string Setting = "COMMERCE_BOOTSTRAP_API_KEY";

    /// <summary>Makes one where none is configured.</summary>
    /// <returns>The key to show, or null when it was configured and is known already.</returns>
    public static string? Ensure(WebApplicationBuilder builder, HostFolder folder)
    {
        if (!string.IsNullOrWhiteSpace(builder.Configuration[Setting]))
        {
            return null;
        }

        var key = folder.BootstrapKey();
        builder.Configuration[Setting] = key;
        return key;
    }
}
