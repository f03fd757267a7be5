using System.Buffers;
using System.Globalization;
using System.Text;
using Commerce.Catalog.Importing;
using Commerce.Catalog.Wire;
using Commerce.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Commerce.Catalog.Slices;

/// <summary>Whoever sent an import watches it go, as Server-Sent Events to its end. Streamed, so it answers itself.</summary>
internal sealed class FollowJobEndpoint : ICarterModule
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan BetweenSigns = TimeSpan.FromSeconds(15);

    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/jobs/{id:guid}/stream", FollowAsync)
        .RequireScope("catalog:write")
        .ReturnsStream("text/event-stream")
        .Refuses<JobUnknown>();

    private static async Task<IResult> FollowAsync(
        Guid id, HttpContext context, ImportJobs jobs, Dispatcher dispatcher, TimeProvider time, IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        if (await jobs.FindAsync(id, cancellationToken) is not { } job)
        {
            return dispatcher.Refuse(new JobUnknown());
        }

        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        using var open = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        try
        {
            JobRow? told = null;
            var signed = time.GetTimestamp();
            for (JobRow? now = job; now is not null; now = await jobs.FindAsync(id, open.Token))
            {
                if (now != told)
                {
                    Write(response.BodyWriter, now);
                    signed = time.GetTimestamp();
                    await response.BodyWriter.FlushAsync(open.Token);
                    told = now;
                }
                else if (time.GetElapsedTime(signed) > BetweenSigns)
                {
                    // Proxies close what says nothing.
                    response.BodyWriter.Write(": still here\n\n"u8);
                    signed = time.GetTimestamp();
                    await response.BodyWriter.FlushAsync(open.Token);
                }

                if (!now.IsOpen)
                {
                    break;
                }

                await Task.Delay(BetweenLooks, time, open.Token);
            }
        }
        catch (OperationCanceledException) when (open.IsCancellationRequested)
        {
            // The reader left, or the Host stops: the first event after coming back tells everything.
        }

        return Results.Empty;
    }

    private static void Write(IBufferWriter<byte> output, JobRow job)
    {
        output.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {job.Processed}\nevent: {(job.IsOpen ? "progress" : "end")}\ndata: ")));
        output.Write(Rendered.Bytes(JobResponse.Of(job, [])));
        output.Write("\n\n"u8);
    }
}
