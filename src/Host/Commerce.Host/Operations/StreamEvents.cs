using System.Buffers;
using System.Text;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.Web;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace Commerce.Host.Operations;

// An operator watches what happens while it happens; a reader that lost its connection goes on after the last event that it saw.

internal sealed class StreamEventsEndpoint : ICarterModule
{
    private const int PageSize = 500;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan BetweenSigns = TimeSpan.FromSeconds(15);

    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/events/stream", StreamAsync)
        .WithSummary("Follow the event log as Server-Sent Events, resumable with Last-Event-ID")
        .RequireScope("ops:read")
        .ReturnsStream("text/event-stream")
        .Refuses<Outcomes.ValidationFailed>();

    private static async Task<IResult> StreamAsync(
        string? after, string? types, HttpContext context, Dispatcher dispatcher, IEventStore store, CommitBell bell,
        IOptions<JsonOptions> json, TimeProvider time, IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        // The header is what a browser sends when it comes back, so it is later than the address it was opened with.
        var last = context.Request.Headers["Last-Event-ID"] is [{ Length: > 0 } id] ? id : after;
        var asked = EventFeed.Read(last, types, store.Types);
        if (!asked.IsSuccess)
        {
            return dispatcher.Refuse(asked.Refusal);
        }

        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        using var open = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        try
        {
            await FollowAsync(context.Response, asked.Value.After, asked.Value.Names, store, bell, json.Value.SerializerOptions, time, open.Token);
        }
        catch (OperationCanceledException) when (open.IsCancellationRequested)
        {
            // The reader left, or the Host stops: the reader comes back with the last id.
        }

        return Results.Empty;
    }

    private static async Task FollowAsync(
        HttpResponse response, EventPosition position, string[]? names, IEventStore store, CommitBell bell, JsonSerializerOptions json, TimeProvider time, CancellationToken open)
    {
        await response.Body.FlushAsync(open);
        var signed = time.GetTimestamp();
        while (true)
        {
            var rung = bell.Next;
            var page = await store.ReadAllAsync(position, names, PageSize, open);
            position = page.Next;
            foreach (var e in page.Events)
            {
                Write(response.BodyWriter, EventResponse.Of(e, store.Types), json);
            }

            var quiet = time.GetElapsedTime(signed) > BetweenSigns;
            if (page.Events.Count > 0 || quiet)
            {
                if (page.Events.Count == 0)
                {
                    // Proxies close what says nothing. The id lets a reader of rare types resume near the head.
                    response.BodyWriter.Write(Encoding.UTF8.GetBytes($": still here\nid: {position}\n\n"));
                }

                signed = time.GetTimestamp();
                await response.BodyWriter.FlushAsync(open);
            }

            if (page.AtHead)
            {
                await Task.WhenAny(rung, Task.Delay(BetweenLooks, time, open));
                open.ThrowIfCancellationRequested();
            }
        }
    }

    private static void Write(IBufferWriter<byte> output, EventResponse e, JsonSerializerOptions json)
    {
        output.Write(Encoding.UTF8.GetBytes($"id: {e.Position}\nevent: {e.Type}\ndata: "));
        output.Write(JsonSerializer.SerializeToUtf8Bytes(e, json));
        output.Write("\n\n"u8);
    }
}
