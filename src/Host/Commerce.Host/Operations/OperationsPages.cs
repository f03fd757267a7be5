using Commerce.EventStore;
using Commerce.Web;

namespace Commerce.Host.Operations;

/// <summary>What operators see and do: the Host's own slices and pages.</summary>
internal static class OperationsPages
{
    public static void AddOperations(this IServiceCollection services)
    {
        services.AddSingleton<CommitBell>();
        services.AddSingleton<ICommitListener>(provider => provider.GetRequiredService<CommitBell>());
        services.AddSingleton<ProjectionRebuilds>();
        services.AddSlices(typeof(OperationsPages).Assembly);
    }

    /// <summary>The slices.</summary>
    public static IEndpointRouteBuilder MapOperations(this IEndpointRouteBuilder app) => app
        .MapSlice<ListEventsEndpoint>()
        .MapSlice<StreamEventsEndpoint>()
        .MapSlice<ExportStreamEndpoint>()
        .MapSlice<ArchiveStreamEndpoint>()
        .MapSlice<ListProjectionsEndpoint>()
        .MapSlice<RebuildProjectionEndpoint>()
        .MapSlice<PauseProjectionEndpoint>()
        .MapSlice<ResumeProjectionEndpoint>()
        .MapSlice<SkipFailedEventEndpoint>();

    /// <summary><c>/metrics</c> and <c>/ops</c>, outside the API's prefix.</summary>
    public static void MapOperationsPages(this IEndpointRouteBuilder app)
    {
        app.MapPrometheusScrapingEndpoint("/metrics").AllowAnonymous();
        app.MapGet("/ops", () => Results.Stream(typeof(OperationsPages).Assembly.GetManifestResourceStream("Commerce.Host.Operations.ops.html")!, "text/html; charset=utf-8"))
            .AllowAnonymous().ExcludeFromDescription();
    }
}
