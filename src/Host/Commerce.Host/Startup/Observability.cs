using Commerce.Web;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Commerce.Host.Startup;

/// <summary>Metrics for Prometheus, and traces and metrics over OTLP where an endpoint is configured.</summary>
internal static class Observability
{
    /// <summary>The setting that switches OTLP on; the exporter reads it and its companions itself.</summary>
    private const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    private const int FewTags = 200;

    public static IServiceCollection AddObservability(this IServiceCollection services, IConfiguration configuration)
    {
        var exports = !string.IsNullOrWhiteSpace(configuration[OtlpEndpoint]);
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource.AddService("commerce")).WithMetrics(metrics =>
        {
            metrics
                .AddMeter(Telemetry.Name, "Commerce.*", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime", "Npgsql")
                // Room is made for every combination of tags beforehand, two thousand of them without a word: only requests and what handles them have so many.
                .AddView(instrument => instrument.Meter.Name is Telemetry.Name or "Microsoft.AspNetCore.Hosting" ? null : new MetricStreamConfiguration { CardinalityLimit = FewTags })
                .AddPrometheusExporter();
            if (exports)
            {
                metrics.AddOtlpExporter();
            }
        });
        if (exports)
        {
            // Without a reader of traces nothing listens, and an activity that nobody listens to costs nothing.
            telemetry.WithTracing(traces => traces.AddSource(Telemetry.Name, "Microsoft.AspNetCore", "Npgsql").AddOtlpExporter());
        }

        return services;
    }
}
