using Commerce.EventStore;
using Commerce.Inventory.Contracts;
using Commerce.Orders.Placing;
using Commerce.Orders.Pricing;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Pricing.Contracts;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// The warehouse opens a returned parcel: what is as good as new is for sale again and the shopper has the money back, or other goods for it, in one commit.

/// <summary>What arrived. Without lines everything that was announced arrived as good as new.</summary>
/// <param name="Lines">What arrived; an empty list ends the waiting for the rest of a return that has begun to arrive.</param>
/// <param name="MoreExpected">True while the rest is still awaited.</param>
/// <param name="RefundInstead">True to give the money back although an exchange was asked for, such as when the other goods are sold out.</param>
internal sealed record ReceiveReturnRequest(IReadOnlyList<ReceiveReturnLineRequest>? Lines = null, bool MoreExpected = false, bool RefundInstead = false);

/// <summary>Units of a SKU in one condition; a SKU may have a line for each.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Quantity">1 to 10,000.</param>
/// <param name="Condition">Only sellable goods go back on the shelf, unless <c>restock</c> says otherwise.</param>
/// <param name="Refund">False when the shopper gets no money for them.</param>
/// <param name="Restock">True or false to put them on the shelf or write them off whatever their condition.</param>
internal sealed record ReceiveReturnLineRequest(
    string Sku, int Quantity, ReturnCondition Condition = ReturnCondition.Sellable, bool Refund = true, bool? Restock = null);

internal sealed record ReceiveReturn(Guid Id, Guid ReturnId, ReceiveReturnRequest Body, long? IfMatch) : IRequest<Outcome<ReturnResponse>>;

internal sealed class ReceiveReturnValidator : AbstractValidator<ReceiveReturn>
{
    public ReceiveReturnValidator()
    {
        RuleFor(command => command.Body.Lines).Must(lines => lines is null or { Count: <= 2 * Cart.MaxLines }).WithMessage("At most 400 lines.");
        RuleForEach(command => command.Body.Lines).NotNull().WithMessage("A line must not be null.").ChildRules(line =>
        {
            line.RuleFor(one => one.Sku).Must(Shapes.IsSku).WithMessage("1 to 64 printable characters without spaces.");
            line.RuleFor(one => one.Quantity).Must(quantity => quantity is >= 1 and <= Cart.MaxQuantity).WithMessage("1 to 10,000.");
        });
    }
}

internal sealed class ReceiveReturnEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/orders/{id:guid}/returns/{returnId:guid}/receive", (
            Guid id, Guid returnId, ReceiveReturnRequest? body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new ReceiveReturn(id, returnId, body ?? new ReceiveReturnRequest(), dispatcher.IfMatch),
                Respond.Ok<ReturnResponse>(one => one.OrderVersion), cancellationToken))
        .RequireScope(Ownership.WriteScope)
        .Returns<ReturnResponse>()
        .Refuses<ValidationFailed, OrderNotFound, ReturnNotFound, ReturnNotAtThisStep, ReturnExceedsShipment, InsufficientStock, StaleVersion, IdempotencyKeyReused>()
        .Refuses<StoreOverloaded, OrderTooLarge, SkuUnavailable, ShippingMethodUnavailable>()
        .WithSummary("Record that returned goods arrived");
}

internal sealed class ReceiveReturnHandler(EventSession session, CurrentPricing pricings) : IRequestHandler<ReceiveReturn, Outcome<ReturnResponse>>
{
    public async Task<Outcome<ReturnResponse>> Handle(ReceiveReturn command, CancellationToken cancellationToken)
    {
        // Read first only to learn which stock streams the decision may need: what was announced never changes.
        var known = await session.AggregateStreamAsync<Order>(command.Id, cancellationToken: cancellationToken);
        if (known?.ReturnOf(command.ReturnId) is not { } announced)
        {
            return known is null ? new OrderNotFound() : new ReturnNotFound();
        }

        var body = command.Body;
        var pricing = await pricings.ForAsync(known, cancellationToken);
        var lines = body.Lines?.Select(line => new ReceivedReturnLine(line.Sku, line.Quantity, line.Condition, line.Refund, line.Restock)).ToArray();
        var receipt = new ReturnReceipt(lines, body.MoreExpected, body.RefundInstead);
        return await session.DecideAsync(
            touches => touches.Stream<Order>(command.Id)
                .Question(new RestockReturn(command.Id, command.ReturnId, [.. announced.Lines.Select(line => new StockLine(line.Sku, line.Quantity))]))
                .Question(new AllocateStock(command.Id, [.. announced.Replacements.Select(line => new StockLine(line.Sku, line.Quantity))]))
                .Question(new ReturnDiscounts(command.Id, known.CountedDiscounts)),
            scope => scope.Stream<Order>(command.Id).Expect(command.IfMatch).Then(order => Decide(order, command, receipt, pricing, scope)),
            cancellationToken);
    }

    private static Outcome<ReturnResponse> Decide(StagedStream<Order> order, ReceiveReturn command, ReturnReceipt receipt, OrderPricing pricing, DecisionScope scope)
    {
        var before = order.State;
        return order.Apply(state => state.ReceiveReturn(command.ReturnId, receipt, pricing, scope.Now)).Then(state =>
        {
            // What comes back first: it may be what is sent instead.
            var arrived = state.ReturnOf(command.ReturnId)!.Received.Skip(before.ReturnOf(command.ReturnId)!.Received.Count);
            scope.Ask<RestockReturn, StockAnswer>(new RestockReturn(
                command.Id, command.ReturnId, [.. arrived.Where(line => line.GoesOnTheShelf()).Select(line => new StockLine(line.Sku, line.Quantity))]));
            scope.Ask<ReturnDiscounts, DiscountAnswer>(new ReturnDiscounts(command.Id, state.DroppedSince(before)));
            var taken = scope.Ask<AllocateStock, StockAnswer>(new AllocateStock(command.Id, state.MoreThan(before)));
            return taken.Done ? ReturnResponse.Of(command.Id, order.Version, state, command.ReturnId) : (Outcome<ReturnResponse>)new InsufficientStock(taken.Shortages);
        });
    }
}
