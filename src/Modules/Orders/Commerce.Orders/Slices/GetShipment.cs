using Commerce.EventStore;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// A shopper follows one parcel of an order.

internal sealed record GetShipment(Guid Id, Guid ShipmentId, OrderReader Reader) : IRequest<Outcome<ShipmentResponse>>;

internal sealed class GetShipmentEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/orders/{id:guid}/shipments/{shipmentId:guid}", (Guid id, Guid shipmentId, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new GetShipment(id, shipmentId, dispatcher.Reader(Ownership.ReadScope)), Respond.Ok<ShipmentResponse>(one => one.OrderVersion), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom()
        .Returns<ShipmentResponse>()
        .Refuses<OrderNotFound, ShipmentNotFound>()
        .WithSummary("Read a shipment");
}

internal sealed class GetShipmentHandler(IEventStore store) : IRequestHandler<GetShipment, Outcome<ShipmentResponse>>
{
    public async Task<Outcome<ShipmentResponse>> Handle(GetShipment query, CancellationToken cancellationToken)
    {
        var (order, version) = await store.LoadAsync<Order>(query.Id, null, null, cancellationToken);
        if (!order.IsOpenTo(query.Reader))
        {
            return new OrderNotFound();
        }

        return order.Shipments.Any(shipment => shipment.Id == query.ShipmentId) ? ShipmentResponse.Of(query.Id, version, order, query.ShipmentId) : new ShipmentNotFound();
    }
}
