using System.Text.Json;
using Commerce.EventStore;
using Commerce.Inventory.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Commerce.Inventory.Slices;

// A storefront shows stock as it changes. Without Last-Event-ID the present levels come first; with it, every change since.

/// <summary>The host listens for as many as it can.</summary>
[Problem(503, "too-many-listeners", "Too many listeners", RetryAfterSeconds = 5)]
internal sealed record TooManyListeners() : Refusal("This host has no room for another listener. Try again in a moment.");

internal sealed class StreamStockEndpoint : ICarterModule
{
    private const int MostSkus = 100;

    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/inventory/stream", (string[] sku, HttpContext context, StockFeed feed, StockSnapshot snapshot, IHostApplicationLifetime lifetime, Dispatcher dispatcher) =>
        {
            var skus = sku.ToHashSet(StringComparer.Ordinal);
            if (skus.Count is 0 or > MostSkus || !skus.All(SkuText.IsSku))
            {
                return dispatcher.Refuse(ValidationFailed.Of("sku", $"1 to {MostSkus} SKUs, each as its own parameter: ?sku=A&sku=B."));
            }

            var last = context.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? context.Request.Query["lastEventId"].FirstOrDefault();
            var after = EventPosition.Start;
            if (!string.IsNullOrEmpty(last) && !EventPosition.TryParse(last, out after))
            {
                return dispatcher.Refuse(ValidationFailed.Of("Last-Event-ID", "Send the id of the last event back as it came."));
            }

            return feed.HasRoom
                ? new StockStream(feed, snapshot, skus, string.IsNullOrEmpty(last) ? null : after, lifetime.ApplicationStopping)
                : dispatcher.Refuse(new TooManyListeners());
        })
        .AllowAnonymous()
        .ReturnsStream("text/event-stream")
        .Refuses<ValidationFailed, TooManyListeners>()
        .WithSummary("Listen to stock changes");
}

/// <summary>Writes Server-Sent Events until the listener leaves or the host stops.</summary>
internal sealed class StockStream(StockFeed feed, StockSnapshot snapshot, IReadOnlySet<string> skus, EventPosition? after, CancellationToken stopping) : IResult
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(15);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(httpContext.RequestAborted, stopping);
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        try
        {
            await response.WriteAsync("retry: 2000\n\n", end.Token);
            var versions = new Dictionary<string, long>(StringComparer.Ordinal);
            var start = after ?? feed.Head;
            if (after is null)
            {
                await WriteSnapshotAsync(response, start, versions, end.Token);
            }

            await response.Body.FlushAsync(end.Token);
            await foreach (var page in feed.ListenAsync(start, skus, Quiet, end.Token))
            {
                foreach (var change in page.Changes.Where(change => change.Version > versions.GetValueOrDefault(change.Sku)))
                {
                    await WriteAsync(response, change.Position, change.Sku, change.After.OnHand, change.After.Reserved, change.After.Availability, change.Version, end.Token);
                }

                // An id without data shows nothing and moves the listener's place on: resuming then reads little, however rare the SKU's changes are.
                await response.WriteAsync($"id: {page.Seen}\n\n", end.Token);
                await response.Body.FlushAsync(end.Token);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The listener left, or the host stops and the listener comes back to another one.
        }
    }

    /// <summary>The id stands on the last event alone: whoever loses the connection before gets all levels again.</summary>
    private async Task WriteSnapshotAsync(HttpResponse response, EventPosition position, Dictionary<string, long> versions, CancellationToken cancellationToken)
    {
        var levels = await snapshot.ReadAsync([.. skus], cancellationToken);
        for (var i = 0; i < levels.Count; i++)
        {
            versions[levels[i].Sku] = levels[i].Version;
            await WriteAsync(response, i == levels.Count - 1 ? position : null, levels[i].Sku, levels[i].OnHand, levels[i].Reserved, levels[i].Availability, levels[i].Version, cancellationToken);
        }
    }

    private static Task WriteAsync(
        HttpResponse response, EventPosition? position, string sku, int onHand, int reserved, string availability, long version, CancellationToken cancellationToken)
    {
        var id = position is null ? "" : $"id: {position}\n";
        var data = JsonSerializer.Serialize(
            new StockStreamEvent(sku, onHand, reserved, onHand - reserved, availability, version), InventoryRows.Default.StockStreamEvent);
        return response.WriteAsync($"{id}event: stock\ndata: {data}\n\n", cancellationToken);
    }
}
