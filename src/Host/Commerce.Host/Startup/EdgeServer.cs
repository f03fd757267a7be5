using System.IO.Compression;
using Commerce.Web;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.ResponseCompression;

namespace Commerce.Host.Startup;

/// <summary>Kestrel's limits, the compression of answers, and which pages of other origins may call.</summary>
internal static class EdgeServer
{
    private const long MostBodyBytes = 1024 * 1024;

    public static void UseEdgeLimits(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // Endpoints that stream an import say so and have a limit of their own.
            kestrel.Limits.MaxRequestBodySize = MostBodyBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(15);
        });
        AllowStorefronts(builder);
        builder.Services.AddResponseCompression(compression =>
        {
            // Over TLS too: answers to one caller do not mix a secret with text that another chose, which is what the known attacks need.
            compression.EnableForHttps = true;
            compression.MimeTypes = ["application/json", "application/problem+json", "application/x-ndjson", "text/csv", "text/html", "text/plain"];
            compression.Providers.Add<BrotliCompressionProvider>();
            compression.Providers.Add<GzipCompressionProvider>();
        });
        // The shop's cores are for the shop: the cheapest level already halves JSON several times over.
        builder.Services.Configure<BrotliCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        builder.Services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        // Authentication brings data protection along, which would keep keys in the account's home. Nothing here is protected with them.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));
    }

    /// <summary>
    /// A headless shop is called by front ends of other origins. Nothing here rides on cookies, so a foreign page can send no more than its user's own
    /// token; <c>Web:Origins</c> narrows it to the origins of the own front ends, parted by spaces.
    /// </summary>
    private static void AllowStorefronts(WebApplicationBuilder builder)
    {
        var origins = builder.Configuration["Web:Origins"]?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? ["*"];
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(origins)
            .AllowAnyMethod()
            .AllowAnyHeader()
            .WithExposedHeaders("ETag", "Location", "Retry-After", WebHeaders.ConsistencyToken, WebHeaders.IdempotentReplayed, WebHeaders.ProjectionLag)
            .SetPreflightMaxAge(TimeSpan.FromHours(1))));
    }
}
