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

// Goods leave for another location and are on the road for a while: for sale at neither end until they arrive.

/// <summary>Goods that leave.</summary>
internal sealed record DispatchTransferRequest(string From, string To, IReadOnlyList<DispatchedTransferLine> Lines, string? Reference = null);

/// <summary>Units of one SKU.</summary>
internal sealed record DispatchedTransferLine(string Sku, int Quantity);

internal sealed record DispatchTransfer(Guid Id, string From, string To, IReadOnlyList<DispatchedTransferLine> Lines, string? Reference) : IRequest<Outcome<TransferDetails>>;

internal sealed class DispatchTransferValidator : AbstractValidator<DispatchTransfer>
{
    public DispatchTransferValidator()
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

internal sealed class DispatchTransferEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/inventory/transfers/dispatch", (DispatchTransferRequest body, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(
                new DispatchTransfer(Identifiers.Next(), body.From, body.To, body.Lines, body.Reference),
                Respond.Created<TransferDetails>(transfer => $"/api/v1/inventory/transfers/{transfer.Id}", transfer => transfer.Version),
                ct))
        .RequireScope("inventory:write")
        .Returns<TransferDetails>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, LocationNotFound, InsufficientStock, StoreOverloaded, IdempotencyKeyReused>()
        .WithSummary("Send units to another location");
}

internal sealed class DispatchTransferHandler(EventSession session, LocationReader locations, TransferDesk desk) : IRequestHandler<DispatchTransfer, Outcome<TransferDetails>>
{
    public async Task<Outcome<TransferDetails>> Handle(DispatchTransfer command, CancellationToken cancellationToken)
    {
        if (await locations.FirstUnknownAsync([command.From, command.To], cancellationToken) is { } unknown)
        {
            return new LocationNotFound(unknown);
        }

        var lines = command.Lines.GroupBy(line => line.Sku, StringComparer.Ordinal).Select(sku => new TransferredUnits(sku.Key, sku.Sum(line => line.Quantity))).ToList();
        return await session.DecideAsync<TransferDetails>(
            touches => TransferDesk.Touch(touches, command.Id, lines),
            scope => desk.Dispatch(scope, command.Id, command.From, command.To, lines, command.Reference),
            cancellationToken);
    }
}
