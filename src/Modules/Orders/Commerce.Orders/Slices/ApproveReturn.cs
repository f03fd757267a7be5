using Commerce.EventStore;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// Staff agrees to a return, so that the goods may be sent.

internal sealed record ApproveReturn(Guid Id, Guid ReturnId, long? IfMatch) : IRequest<Outcome<ReturnResponse>>;

internal sealed class ApproveReturnEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/orders/{id:guid}/returns/{returnId:guid}/approve", (Guid id, Guid returnId, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ApproveReturn(id, returnId, dispatcher.IfMatch), Respond.Ok<ReturnResponse>(one => one.OrderVersion), cancellationToken))
        .RequireScope(Ownership.WriteScope)
        .Returns<ReturnResponse>()
        .Refuses<OrderNotFound, ReturnNotFound, ReturnNotAtThisStep, StaleVersion, IdempotencyKeyReused, StoreOverloaded>()
        .WithSummary("Agree to a return");
}

internal sealed class ApproveReturnHandler(EventSession session) : IRequestHandler<ApproveReturn, Outcome<ReturnResponse>>
{
    public Task<Outcome<ReturnResponse>> Handle(ApproveReturn command, CancellationToken cancellationToken) =>
        session.DecideAsync<Order, ReturnResponse>(
            command.Id,
            (order, scope) => order.Exists
                ? order.Expect(command.IfMatch)
                    .Then(stream => stream.Apply(state => state.ApproveReturn(command.ReturnId, scope.Now)))
                    .Map(state => ReturnResponse.Of(command.Id, order.Version, state, command.ReturnId))
                : new OrderNotFound(),
            cancellationToken);
}
