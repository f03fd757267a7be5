using Commerce.EventStore;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// Staff writes down what the next colleague, or the shopper, has to know of an order; the shopper writes to the shop.

/// <summary>A note.</summary>
/// <param name="Text">1 to 4,000 characters.</param>
/// <param name="Visibility">Who may read it: <c>staff</c>, or <c>customer</c> for everybody who may read the order. A shopper's note is never for staff alone.</param>
internal sealed record AddOrderNoteRequest(string Text, OrderNoteVisibility? Visibility = null);

internal sealed record AddOrderNote(Guid Id, Guid NoteId, string Text, bool IsInternal, string Actor, long? IfMatch, OrderReader Reader) : IRequest<Outcome<OrderNoteResponse>>;

internal sealed class AddOrderNoteValidator : AbstractValidator<AddOrderNote>
{
    public AddOrderNoteValidator()
    {
        RuleFor(command => command.Text).Must(text => !string.IsNullOrWhiteSpace(text) && text.Length <= 4000).WithMessage("1 to 4,000 characters.");
        RuleFor(command => command.IsInternal).Must((command, isInternal) => !isInternal || command.Reader.IsStaff).OverridePropertyName("visibility")
            .WithMessage("Only staff writes notes for staff.");
    }
}

internal sealed class AddOrderNoteEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/orders/{id:guid}/notes", (Guid id, AddOrderNoteRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
        {
            var reader = dispatcher.Reader(Ownership.WriteScope);
            var visibility = body.Visibility ?? (reader.IsStaff ? OrderNoteVisibility.Staff : OrderNoteVisibility.Customer);
            return dispatcher.SendAsync(
                new AddOrderNote(id, Identifiers.Next(), body.Text, visibility == OrderNoteVisibility.Staff, dispatcher.Caller.Actor, dispatcher.IfMatch, reader),
                Respond.Created<OrderNoteResponse>(note => $"/api/v1/orders/{id}/notes", note => note.OrderVersion), cancellationToken);
        })
        .AllowAnonymous()
        .Returns<OrderNoteResponse>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, OrderNotFound, OrderNotesFull, StaleVersion, IdempotencyKeyReused, StoreOverloaded>()
        .WithSummary("Write a note on an order");
}

internal sealed class AddOrderNoteHandler(EventSession session) : IRequestHandler<AddOrderNote, Outcome<OrderNoteResponse>>
{
    public Task<Outcome<OrderNoteResponse>> Handle(AddOrderNote command, CancellationToken cancellationToken) =>
        session.DecideAsync<Order, OrderNoteResponse>(
            command.Id,
            (order, scope) => order.State.IsOpenTo(command.Reader)
                ? order.Expect(command.IfMatch)
                    .Then(stream => stream.Apply(state => state.AddNote(command.NoteId, command.Text, command.IsInternal, scope.Now)))
                    .Map(_ => OrderNoteResponse.Of(new OrderNoteAdded(command.NoteId, command.Text, command.IsInternal, scope.Now), command.Actor) with { OrderVersion = order.Version })
                : new OrderNotFound(),
            cancellationToken);
}
