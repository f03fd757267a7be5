using Commerce.EventStore;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// The carrier says that a parcel arrived. The last one completes the order.

internal sealed record DeliverShipment(Guid Id, Guid ShipmentId, long? IfMatch) : IRequest<Outcome<ShipmentResponse>>;

internal sealed class DeliverShipmentEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/orders/{id:guid}/shipments/{shipmentId:guid}/delivered", (Guid id, Guid shipmentId, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new DeliverShipment(id, shipmentId, dispatcher.IfMatch), Respond.Ok<ShipmentResponse>(shipment => shipment.OrderVersion), cancellationToken))
        .RequireScope(Ownership.WriteScope)
        .Returns<ShipmentResponse>()
        .Refuses<OrderNotFound, ShipmentNotFound, StaleVersion, IdempotencyKeyReused, StoreOverloaded>()
        .WithSummary("Record that a shipment arrived");
}

internal sealed class DeliverShipmentHandler(EventSession session) : IRequestHandler<DeliverShipment, Outcome<ShipmentResponse>>
{
    public Task<Outcome<ShipmentResponse>> Handle(DeliverShipment command, CancellationToken cancellationToken) =>
        session.DecideAsync<Order, ShipmentResponse>(
            command.Id,
            (order, scope) => order.Exists
                ? order.Expect(command.IfMatch)
                    .Then(stream => stream.Apply(state => state.Deliver(command.ShipmentId, scope.Now)))
                    .Map(state => ShipmentResponse.Of(command.Id, order.Version, state, command.ShipmentId))
                : new OrderNotFound(),
            cancellationToken);
}
