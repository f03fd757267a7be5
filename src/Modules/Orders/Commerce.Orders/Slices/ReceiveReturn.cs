using Commerce.EventStore;
using Commerce.Inventory.Contracts;
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

// The warehouse opens a returned parcel: what is as good as new is for sale again and the shopper has the money back, in one commit.

/// <summary>What arrived. Without lines everything that was announced arrived as good as new.</summary>
internal sealed record ReceiveReturnRequest(IReadOnlyList<ReceiveReturnLineRequest>? Lines = null);

/// <summary>Units of a SKU in one condition; a SKU may have a line for each.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Quantity">1 to 10,000.</param>
/// <param name="Condition">Damaged goods do not go back on the shelf.</param>
/// <param name="Refund">False when the shopper gets no money for them.</param>
internal sealed record ReceiveReturnLineRequest(string Sku, int Quantity, ReturnCondition Condition = ReturnCondition.Sellable, bool Refund = true);

internal sealed record ReceiveReturn(Guid Id, Guid ReturnId, ReceiveReturnRequest Body, long? IfMatch) : IRequest<Outcome<ReturnResponse>>;

internal sealed class ReceiveReturnValidator : AbstractValidator<ReceiveReturn>
{
    public ReceiveReturnValidator()
    {
        RuleFor(command => command.Body.Lines).Must(lines => lines is null or { Count: >= 1 and <= 2 * Cart.MaxLines }).WithMessage("1 to 400 lines.");
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
        .Refuses<ValidationFailed, OrderNotFound, ReturnNotFound, ReturnNotAtThisStep, ReturnExceedsShipment, StaleVersion, IdempotencyKeyReused, StoreOverloaded>()
        .WithSummary("Record that returned goods arrived");
}

internal sealed class ReceiveReturnHandler(EventSession session) : IRequestHandler<ReceiveReturn, Outcome<ReturnResponse>>
{
    public async Task<Outcome<ReturnResponse>> Handle(ReceiveReturn command, CancellationToken cancellationToken)
    {
        // Read first only to learn which stock streams the decision may need: what was announced never changes.
        var known = await session.AggregateStreamAsync<Order>(command.Id, cancellationToken: cancellationToken);
        if (known?.ReturnOf(command.ReturnId) is not { } announced)
        {
            return known is null ? new OrderNotFound() : new ReturnNotFound();
        }

        var received = command.Body.Lines?.Select(line => new ReceivedReturnLine(line.Sku, line.Quantity, line.Condition, line.Refund)).ToArray();
        return await session.DecideAsync(
            touches => touches.Stream<Order>(command.Id)
                .Question(new RestockReturn(command.Id, command.ReturnId, [.. announced.Lines.Select(line => new StockLine(line.Sku, line.Quantity))])),
            scope => scope.Stream<Order>(command.Id).Expect(command.IfMatch).Then(order => Decide(order, command, received, scope)),
            cancellationToken);
    }

    private static Outcome<ReturnResponse> Decide(
        StagedStream<Order> order, ReceiveReturn command, IReadOnlyList<ReceivedReturnLine>? received, DecisionScope scope) =>
        order.Apply(state => state.ReceiveReturn(command.ReturnId, received, scope.Now)).Map(state =>
        {
            var sellable = state.ReturnOf(command.ReturnId)!.Received.Where(line => line.Condition == ReturnCondition.Sellable);
            scope.Ask<RestockReturn, StockAnswer>(new RestockReturn(command.Id, command.ReturnId, [.. sellable.Select(line => new StockLine(line.Sku, line.Quantity))]));
            return ReturnResponse.Of(command.Id, order.Version, state, command.ReturnId);
        });
}
