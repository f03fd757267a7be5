namespace Commerce.Host.Startup;

/// <summary>Where the Host listens, and how it tells people.</summary>
internal static class HostListening
{
    private const string Usual = "http://127.0.0.1:5080";

    /// <summary>The port asked for, else what is configured (<c>ASPNETCORE_URLS</c>, <c>ASPNETCORE_HTTP_PORTS</c>), else the usual loopback port.</summary>
    public static void UseAddress(this WebApplicationBuilder builder, HostArguments arguments)
    {
        if (arguments.Port is { } port)
        {
            builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        }
        else if (string.IsNullOrEmpty(builder.Configuration["urls"]) && string.IsNullOrEmpty(builder.Configuration["http_ports"]) && string.IsNullOrEmpty(builder.Configuration["https_ports"]))
        {
            builder.WebHost.UseUrls(Usual);
        }
    }

    /// <summary>An address that a browser on this machine can open.</summary>
    public static string? Reachable(WebApplication app) => app.Urls
        .Select(url => url.Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal).Replace("://[::]", "://127.0.0.1", StringComparison.Ordinal)
            .Replace("://+", "://127.0.0.1", StringComparison.Ordinal).Replace("://*", "://127.0.0.1", StringComparison.Ordinal).TrimEnd('/'))
        .FirstOrDefault();

    /// <summary>Says where everything is.</summary>
    public static void Announce(string address, string? madeKey, TextWriter output)
    {
        output.WriteLine($"""

            Commerce is open.
              API         {address}/api/v1
              Swagger UI  {address}/swagger
              OpenAPI     {address}/openapi/v1.json
              Health      {address}/health/ready
              Operations  {address}/ops
            """);
        if (madeKey is not null)
        {
            output.WriteLine($"  Staff key   {madeKey}   (send it as X-Api-Key)");
        }

        output.WriteLine();
    }
}
