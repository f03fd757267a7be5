using Commerce.EventStore;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// A shopper sees how far a return has come.

internal sealed record GetReturn(Guid Id, Guid ReturnId, OrderReader Reader) : IRequest<Outcome<ReturnResponse>>;

internal sealed class GetReturnEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/orders/{id:guid}/returns/{returnId:guid}", (Guid id, Guid returnId, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new GetReturn(id, returnId, dispatcher.Reader(Ownership.ReadScope)), Respond.Ok<ReturnResponse>(one => one.OrderVersion), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom()
        .Returns<ReturnResponse>()
        .Refuses<OrderNotFound, ReturnNotFound>()
        .WithSummary("Read a return");
}

internal sealed class GetReturnHandler(IEventStore store) : IRequestHandler<GetReturn, Outcome<ReturnResponse>>
{
    public async Task<Outcome<ReturnResponse>> Handle(GetReturn query, CancellationToken cancellationToken)
    {
        var (order, version) = await store.LoadAsync<Order>(query.Id, null, null, cancellationToken);
        if (!order.IsOpenTo(query.Reader))
        {
            return new OrderNotFound();
        }

        return order.ReturnOf(query.ReturnId) is not null ? ReturnResponse.Of(query.Id, version, order, query.ReturnId) : new ReturnNotFound();
    }
}
