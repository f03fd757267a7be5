using Commerce.EventStore;
using Commerce.Orders.Editing;
using Commerce.Orders.Paying;
using Commerce.Orders.Placing;
using Commerce.Orders.Pricing;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// Owner or staff changes what was not shipped yet of an order: stock and money move with it in the same commit. A preview is the very decision, undone.

internal sealed record EditOrder(Guid Id, EditOrderRequest Body, long? IfMatch, OrderReader Reader) : IRequest<Outcome<OrderResponse>>;

internal sealed class EditOrderValidator : AbstractValidator<EditOrder>
{
    public EditOrderValidator() => RuleFor(command => command.Body).SetValidator(EditOrderRules.Instance);
}

internal sealed class EditOrderEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/orders/{id:guid}/edits", (Guid id, EditOrderRequest body, bool? preview, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new EditOrder(id, body with { Preview = preview ?? body.Preview }, dispatcher.IfMatch, dispatcher.Reader(Ownership.WriteScope)),
                Respond.Ok<OrderResponse>(order => order.Version), cancellationToken))
        .AllowAnonymous()
        .Returns<OrderResponse>()
        .Refuses<ValidationFailed, OrderNotFound, OrderIsCancelled, OrderAlreadyShipped, LinesAlreadyShipped, OrderWouldBeEmpty, OrderTooLarge, SkuUnavailable>()
        .Refuses<InsufficientStock, PriceChanged, StaleVersion, IdempotencyKeyReused, StoreOverloaded, ShippingMethodUnavailable>()
        .WithSummary("Change an order before it is shipped, or see what a change would cost");
}

internal sealed class EditOrderHandler(EditIntake intake, EventSession session, IEventStore store) : IRequestHandler<EditOrder, Outcome<OrderResponse>>
{
    public async Task<Outcome<OrderResponse>> Handle(EditOrder command, CancellationToken cancellationToken)
    {
        var prepared = await intake.PrepareAsync(command.Id, command.Body, command.Reader, cancellationToken);
        return !prepared.IsSuccess ? prepared.Refusal
            : command.Body.Preview ? await PreviewAsync(command, prepared.Value, cancellationToken)
            : await session.DecideAsync(prepared.Value.Touch, scope => Decide(command, prepared.Value, scope), cancellationToken);
    }

    private static Outcome<OrderResponse> Decide(EditOrder command, PreparedEdit prepared, DecisionScope scope) =>
        prepared.Decide(scope, command.IfMatch).Then(edited => edited.Shortages.Count > 0
            ? new InsufficientStock(edited.Shortages)
            : (Outcome<OrderResponse>)OrderResponse.Of(command.Id, edited.Version, edited.After));

    // A refused decision leaves nothing behind, neither events nor, in a context of its own, an answer under the caller's key.
    private async Task<Outcome<OrderResponse>> PreviewAsync(EditOrder command, PreparedEdit prepared, CancellationToken cancellationToken)
    {
        var seen = default(OrderResponse);
        var outcome = await store.DecideAsync<OrderResponse>(
            prepared.Touch,
            scope =>
            {
                var version = scope.Stream<Order>(command.Id).Version;
                var decided = Decide(command, prepared, scope);
                seen = decided.IsSuccess ? decided.Value with { Version = version } : null;
                return decided.IsSuccess ? new OnlyPreviewed() : decided;
            },
            new CallContext(), cancellationToken);
        return outcome.Refusal is OnlyPreviewed ? seen! : outcome;
    }
}
