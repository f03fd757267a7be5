using System.Text.Json;
using Commerce.EventStore;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Commerce.Host.Health;

/// <summary><c>/health/live</c>: the process answers. <c>/health/ready</c>: it can serve, every dependency named.</summary>
internal static class HealthPages
{
    public static IServiceCollection AddHealthPages(this IServiceCollection services)
    {
        services.AddHealthChecks();
        // One check a module that has projections; which ones there are is known when all modules are registered.
        services.AddOptions<HealthCheckServiceOptions>().Configure<IProjectionProgress>((options, progress) =>
        {
            foreach (var group in progress.All.Select(projection => SubscriptionHealth.GroupOf(projection.Name)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                options.Registrations.Add(new HealthCheckRegistration(
                    $"projections:{group}", _ => new SubscriptionHealth(progress, group), HealthStatus.Degraded, ["ready"]));
            }
        });
        return services;
    }

    public static void MapHealthPages(this IEndpointRouteBuilder app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync }).AllowAnonymous();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync }).AllowAnonymous();
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        var page = new HealthPage(
            Word(report.Status),
            report.Entries.ToDictionary(
                entry => entry.Key,
                // What a driver's exception says may name hosts and users; the log has it.
                entry => new DependencyHealth(Word(entry.Value.Status), entry.Value.Description, entry.Value.Data.Count == 0 ? null : entry.Value.Data)));
        return JsonSerializer.SerializeAsync(context.Response.Body, page, JsonSerializerOptions.Web, context.RequestAborted);
    }

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}

/// <summary>The state of the shop and of everything it stands on.</summary>
internal sealed record HealthPage(string Status, IReadOnlyDictionary<string, DependencyHealth> Dependencies);

/// <summary>The state of one dependency.</summary>
internal sealed record DependencyHealth(string Status, string? Detail, IReadOnlyDictionary<string, object>? Facts);
