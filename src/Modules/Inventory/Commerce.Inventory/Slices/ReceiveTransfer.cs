using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// What was sent arrives, at once or in parts, and is for sale; orders that wait for it are served first.

/// <summary>What arrived; without lines everything that is still on its way.</summary>
internal sealed record ReceiveTransferRequest(IReadOnlyList<ReceiveTransferLine>? Lines = null);

/// <summary>Units of one SKU.</summary>
internal sealed record ReceiveTransferLine(string Sku, int Quantity);

internal sealed record ReceiveTransfer(Guid Id, ReceiveTransferRequest Body, long? ExpectedVersion) : IRequest<Outcome<TransferDetails>>;

internal sealed class ReceiveTransferValidator : AbstractValidator<ReceiveTransfer>
{
    public ReceiveTransferValidator()
    {
        RuleFor(command => command.Body.Lines!).Lines().When(command => command.Body.Lines is not null);
        RuleForEach(command => command.Body.Lines).NotNull().ChildRules(line =>
        {
            line.RuleFor(l => l.Sku).Sku();
            line.RuleFor(l => l.Quantity).Units();
        });
    }
}

internal sealed class ReceiveTransferEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/inventory/transfers/{id:guid}/receive", (Guid id, ReceiveTransferRequest? body, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(new ReceiveTransfer(id, body ?? new ReceiveTransferRequest(), dispatcher.IfMatch), Respond.Ok<TransferDetails>(transfer => transfer.Version), ct))
        .RequireScope("inventory:write")
        .Returns<TransferDetails>()
        .Refuses<ValidationFailed, TransferNotFound, TransferExceeded, StaleVersion, StoreOverloaded, IdempotencyKeyReused>()
        .WithSummary("Record that sent units arrived");
}

internal sealed class ReceiveTransferHandler(EventSession session, TransferDesk desk) : IRequestHandler<ReceiveTransfer, Outcome<TransferDetails>>
{
    public async Task<Outcome<TransferDetails>> Handle(ReceiveTransfer command, CancellationToken cancellationToken)
    {
        // Which SKUs are on their way never changes, so reading them before the decision misses nothing.
        if (await session.AggregateStreamAsync<Transfer>(command.Id, cancellationToken: cancellationToken) is not { } sent)
        {
            return new TransferNotFound(command.Id);
        }

        var lines = command.Body.Lines?.GroupBy(line => line.Sku, StringComparer.Ordinal).Select(sku => new TransferredUnits(sku.Key, sku.Sum(line => line.Quantity))).ToList();
        return await session.DecideAsync<TransferDetails>(
            touches => TransferDesk.Touch(touches, command.Id, sent.Lines.Select(line => new TransferredUnits(line.Sku, line.Quantity))),
            scope => desk.Receive(scope, command.Id, command.ExpectedVersion, lines),
            cancellationToken);
    }
}
