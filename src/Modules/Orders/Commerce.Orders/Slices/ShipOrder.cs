using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Commerce.Inventory.Contracts;
using Commerce.Orders.Paying;
using Commerce.Orders.Placing;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// The warehouse hands a parcel to a carrier: what the order still waits for falls, and with it, in the same commit, what is on hand and reserved.

/// <summary>A parcel: some or all of what the order still waits for. Lines of one SKU are summed.</summary>
internal sealed record ShipOrderRequest(IReadOnlyList<OrderLineRequest> Lines, string Carrier, string TrackingNumber);

internal sealed record ShipOrder(Guid Id, Guid ShipmentId, ShipOrderRequest Body, long? IfMatch) : IRequest<Outcome<ShipmentResponse>>;

internal sealed class ShipOrderValidator : AbstractValidator<ShipOrder>
{
    public ShipOrderValidator()
    {
        RuleFor(command => command.Body.Lines).Must(lines => lines.Count is >= 1 and <= Cart.MaxLines).WithMessage("1 to 200 lines.");
        RuleForEach(command => command.Body.Lines).NotNull().WithMessage("A line must not be null.").SetValidator(OrderLineRules.Instance);
        RuleFor(command => command.Body.Carrier).Must(text => Shapes.IsWord(text, 100)).WithMessage("1 to 100 characters.");
        RuleFor(command => command.Body.TrackingNumber).Must(text => Shapes.IsWord(text, 100)).WithMessage("1 to 100 characters.");
    }
}

internal sealed class ShipOrderEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/orders/{id:guid}/shipments", (Guid id, ShipOrderRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new ShipOrder(id, Identifiers.Next(), body, dispatcher.IfMatch),
                Respond.Created<ShipmentResponse>(shipment => $"/api/v1/orders/{shipment.OrderId}/shipments/{shipment.Id}", shipment => shipment.OrderVersion),
                cancellationToken))
        .RequireScope(Ownership.WriteScope)
        .Returns<ShipmentResponse>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, OrderNotFound, OrderIsCancelled, OrderNotConfirmed, ShipmentExceedsOrder, InsufficientStock, StaleVersion, IdempotencyKeyReused>()
        .Refuses<StoreOverloaded>()
        .WithSummary("Ship some or all of an order");
}

internal sealed class ShipOrderHandler(EventSession session) : IRequestHandler<ShipOrder, Outcome<ShipmentResponse>>
{
    public Task<Outcome<ShipmentResponse>> Handle(ShipOrder command, CancellationToken cancellationToken)
    {
        var lines = OrderLines.Summed(command.Body.Lines);
        var stock = new DispatchStock(command.Id, [.. lines.Select(line => new StockLine(line.Sku, line.Quantity))]);
        var shipped = lines.Select(line => new ShippedLine(line.Sku, line.Quantity)).ToArray();
        return session.DecideAsync(
            touches => touches.Stream<Order>(command.Id).Question(stock),
            scope => scope.Stream<Order>(command.Id) is { Exists: true } order
                ? order.Expect(command.IfMatch)
                    .Then(stream => stream.Apply(state => state.Ship(command.ShipmentId, shipped, command.Body.Carrier, command.Body.TrackingNumber, scope.Now)))
                    .Then(state => scope.Ask<DispatchStock, StockAnswer>(stock with { Owed = OwedBefore(state, lines) }) is { Done: false } answer
                        ? new InsufficientStock(answer.Shortages)
                        : (Outcome<ShipmentResponse>)ShipmentResponse.Of(command.Id, order.Version, state, command.ShipmentId))
                : new OrderNotFound(),
            cancellationToken);
    }

    // The state already counts this parcel as sent.
    private static StockLine[] OwedBefore(Order order, IReadOnlyList<SkuQuantity> lines) =>
        [.. lines.Select(line => new StockLine(line.Sku, order.QuantityOf(line.Sku) - order.Shipments.Shipped(line.Sku) + line.Quantity))];
}
