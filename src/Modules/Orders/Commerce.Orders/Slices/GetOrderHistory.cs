using System.Text.Json;
using System.Text.Json.Nodes;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// Support and shopper see how an order came to be what it is: every event with its time, actor and reason.

/// <summary>One event of an order.</summary>
/// <param name="Version">Its place in the order's history, from 1.</param>
/// <param name="Type">What happened, such as <c>order_placed</c>.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Actor">Who caused it.</param>
/// <param name="Reason">Why, in that person's words.</param>
/// <param name="Data">What the event says; secrets are left out.</param>
internal sealed record OrderHistoryEntry(long Version, string Type, DateTimeOffset At, string? Actor, string? Reason, JsonObject Data);

internal sealed record GetOrderHistory(Guid Id, OrderReader Reader) : IRequest<Outcome<Page<OrderHistoryEntry>>>;

internal sealed class GetOrderHistoryEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/orders/{id:guid}/history", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new GetOrderHistory(id, dispatcher.Reader(Ownership.ReadScope)), Respond.Ok<Page<OrderHistoryEntry>>(), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom()
        .Returns<Page<OrderHistoryEntry>>()
        .Refuses<OrderNotFound>();
}

internal sealed class GetOrderHistoryHandler(EventSession session, IEventStore store) : IRequestHandler<GetOrderHistory, Outcome<Page<OrderHistoryEntry>>>
{
    private static readonly string[] Secrets = ["accessHash"];

    public async Task<Outcome<Page<OrderHistoryEntry>>> Handle(GetOrderHistory query, CancellationToken cancellationToken)
    {
        var events = await session.FetchStreamAsync(query.Id, cancellationToken: cancellationToken);
        var order = events.Aggregate(Order.Initial, (state, recorded) => state.Evolve(recorded.Data));
        return order.IsOpenTo(query.Reader)
            ? new Page<OrderHistoryEntry>([.. events.Where(recorded => query.Reader.IsStaff || recorded.Data is not OrderNoteAdded { IsInternal: true }).Select(Entry)], null)
            : new OrderNotFound();
    }

    private OrderHistoryEntry Entry(RecordedEvent recorded)
    {
        var data = JsonNode.Parse(EventTypes.Serialize(recorded.Data, store.Types.Of(recorded.Data.GetType())))!.AsObject();
        Array.ForEach(Secrets, secret => data.Remove(secret));
        return new OrderHistoryEntry(recorded.Version, recorded.Name, recorded.Timestamp, recorded.Actor, ReasonOf(recorded, data), data);
    }

    private static string? ReasonOf(RecordedEvent recorded, JsonObject data)
    {
        if (data.TryGetPropertyValue("reason", out var given) && given is not null)
        {
            return given.GetValue<string>();
        }

        if (recorded.Headers is null)
        {
            return null;
        }

        using var headers = JsonDocument.Parse(recorded.Headers);
        return headers.RootElement.TryGetProperty("reason", out var reason) ? reason.GetString() : null;
    }
}
