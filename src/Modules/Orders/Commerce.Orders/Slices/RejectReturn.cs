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

// Staff declines a return, also one that was agreed to and never arrived.

/// <summary>Why the return is declined.</summary>
/// <param name="Reason">For people, up to 500 characters.</param>
internal sealed record RejectReturnRequest(string? Reason = null);

internal sealed record RejectReturn(Guid Id, Guid ReturnId, string? Reason, long? IfMatch) : IRequest<Outcome<ReturnResponse>>;

internal sealed class RejectReturnValidator : AbstractValidator<RejectReturn>
{
    public RejectReturnValidator() => RuleFor(command => command.Reason).MaximumLength(500);
}

internal sealed class RejectReturnEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/orders/{id:guid}/returns/{returnId:guid}/reject", (
            Guid id, Guid returnId, RejectReturnRequest? body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new RejectReturn(id, returnId, body?.Reason, dispatcher.IfMatch), Respond.Ok<ReturnResponse>(one => one.OrderVersion), cancellationToken))
        .RequireScope(Ownership.WriteScope)
        .Returns<ReturnResponse>()
        .Refuses<ValidationFailed, OrderNotFound, ReturnNotFound, ReturnNotAtThisStep, StaleVersion, IdempotencyKeyReused, StoreOverloaded>()
        .WithSummary("Decline a return");
}

internal sealed class RejectReturnHandler(EventSession session) : IRequestHandler<RejectReturn, Outcome<ReturnResponse>>
{
    public Task<Outcome<ReturnResponse>> Handle(RejectReturn command, CancellationToken cancellationToken) =>
        session.DecideAsync<Order, ReturnResponse>(
            command.Id,
            (order, scope) => order.Exists
                ? order.Expect(command.IfMatch)
                    .Then(stream => stream.Apply(state => state.RejectReturn(command.ReturnId, command.Reason, scope.Now)))
                    .Map(state => ReturnResponse.Of(command.Id, order.Version, state, command.ReturnId))
                : new OrderNotFound(),
            cancellationToken);
}
