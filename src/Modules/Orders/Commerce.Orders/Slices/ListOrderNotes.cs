using Commerce.EventStore;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// Staff reads every note of an order, the shopper those that are meant to be read.

internal sealed record ListOrderNotes(Guid Id, OrderReader Reader) : IRequest<Outcome<Page<OrderNoteResponse>>>;

internal sealed class ListOrderNotesEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/orders/{id:guid}/notes", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ListOrderNotes(id, dispatcher.Reader(Ownership.ReadScope)), Respond.Ok<Page<OrderNoteResponse>>(), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom()
        .Returns<Page<OrderNoteResponse>>()
        .Refuses<OrderNotFound>()
        .WithSummary("Read the notes of an order");
}

internal sealed class ListOrderNotesHandler(EventSession session) : IRequestHandler<ListOrderNotes, Outcome<Page<OrderNoteResponse>>>
{
    public async Task<Outcome<Page<OrderNoteResponse>>> Handle(ListOrderNotes query, CancellationToken cancellationToken)
    {
        var events = await session.FetchStreamAsync(query.Id, cancellationToken: cancellationToken);
        var order = events.Aggregate(Order.Initial, (state, recorded) => state.Evolve(recorded.Data));
        return order.IsOpenTo(query.Reader)
            ? new Page<OrderNoteResponse>([.. events.Select(Note).OfType<OrderNoteResponse>().Where(note => query.Reader.IsStaff || note.Visibility == OrderNoteVisibility.Customer)], null)
            : new OrderNotFound();
    }

    private static OrderNoteResponse? Note(RecordedEvent recorded) => recorded.Data is OrderNoteAdded note ? OrderNoteResponse.Of(note, recorded.Actor) : null;
}
