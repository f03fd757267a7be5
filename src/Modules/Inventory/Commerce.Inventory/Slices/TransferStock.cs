using Commerce.EventStore;
using Commerce.Inventory.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// Free units move from one location to another; what is promised stays where it is.

/// <summary>A move of goods.</summary>
internal sealed record TransferStockRequest(string From, string To, IReadOnlyList<TransferredLine> Lines, string? Reference = null);

/// <summary>Units of one SKU.</summary>
internal sealed record TransferredLine(string Sku, int Quantity);

/// <summary>The move as recorded, and the stock of each of its SKUs after it.</summary>
internal sealed record TransferResponse(string From, string To, string? Reference, IReadOnlyList<TransferredLine> Lines, IReadOnlyList<StockDetails> Stock);

internal sealed record TransferStock(string From, string To, IReadOnlyList<TransferredLine> Lines, string? Reference) : IRequest<Outcome<TransferResponse>>;

internal sealed class TransferStockValidator : AbstractValidator<TransferStock>
{
    public TransferStockValidator()
    {
        RuleFor(command => command.From).LocationCode();
        RuleFor(command => command.To).LocationCode();
        RuleFor(command => command.To).Must((command, to) => !string.Equals(to, command.From, StringComparison.Ordinal)).WithMessage("Another location than from.");
        RuleFor(command => command.Reference).Note();
        RuleFor(command => command.Lines).Lines();
        RuleForEach(command => command.Lines).NotNull().ChildRules(line =>
        {
            line.RuleFor(l => l.Sku).Sku();
            line.RuleFor(l => l.Quantity).Units();
        });
    }
}

internal sealed class TransferStockEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/inventory/transfers", (TransferStockRequest body, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(
                new TransferStock(body.From, body.To, body.Lines, body.Reference),
                Respond.Created<TransferResponse>(transfer => $"/api/v1/inventory/{Uri.EscapeDataString(transfer.Lines[0].Sku)}/movements"),
                ct))
        .RequireScope("inventory:write")
        .Returns<TransferResponse>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, LocationNotFound, InsufficientStock, StoreOverloaded, IdempotencyKeyReused>()
        .WithSummary("Move units between locations");
}

internal sealed class TransferStockHandler(EventSession session, LocationReader locations, IAllocationRule rule) : IRequestHandler<TransferStock, Outcome<TransferResponse>>
{
    public async Task<Outcome<TransferResponse>> Handle(TransferStock command, CancellationToken cancellationToken)
    {
        if (await locations.FirstUnknownAsync([command.From, command.To], cancellationToken) is { } unknown)
        {
            return new LocationNotFound(unknown);
        }

        var skus = command.Lines.Select(line => line.Sku).Distinct(StringComparer.Ordinal).ToList();
        return await session.DecideAsync<TransferResponse>(
            touches => skus.ForEach(sku => touches.Stream<Stock>(Stock.IdOf(sku))),
            scope => command.Lines
                .Select(line => scope.Stream<Stock>(Stock.IdOf(line.Sku)).Apply(stock => stock.Transfer(line.Sku, command.From, command.To, line.Quantity, command.Reference, rule, scope.Now)))
                .FirstOrDefault(moved => !moved.IsSuccess).Refusal is { } refusal
                    ? refusal
                    : new TransferResponse(command.From, command.To, command.Reference, command.Lines, [.. skus.Select(sku => DetailsOf(scope, sku))]),
            cancellationToken);
    }

    private static StockDetails DetailsOf(DecisionScope scope, string sku)
    {
        var stream = scope.Stream<Stock>(Stock.IdOf(sku));
        return StockDetails.Of(sku, stream.State, stream.Version, scope.Now);
    }
}
