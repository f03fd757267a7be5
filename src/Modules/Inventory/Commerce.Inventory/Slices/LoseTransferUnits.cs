using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// What was sent does not arrive. The loss has a cause, and the transfer can come to its end.

/// <summary>What is lost; without lines everything that is still on its way.</summary>
internal sealed record LoseTransferUnitsRequest(IReadOnlyList<LoseTransferUnitsLine>? Lines = null, string Reason = "");

/// <summary>Units of one SKU.</summary>
internal sealed record LoseTransferUnitsLine(string Sku, int Quantity);

internal sealed record LoseTransferUnits(Guid Id, LoseTransferUnitsRequest Body, long? ExpectedVersion) : IRequest<Outcome<TransferDetails>>;

internal sealed class LoseTransferUnitsValidator : AbstractValidator<LoseTransferUnits>
{
    public LoseTransferUnitsValidator()
    {
        RuleFor(command => command.Body.Lines!).Lines().When(command => command.Body.Lines is not null);
        RuleForEach(command => command.Body.Lines).NotNull().ChildRules(line =>
        {
            line.RuleFor(l => l.Sku).Sku();
            line.RuleFor(l => l.Quantity).Units();
        });
        RuleFor(command => command.Body.Reason).Must(reason => !string.IsNullOrWhiteSpace(reason) && reason.Length <= 200).WithMessage("A reason of 1 to 200 characters.");
    }
}

internal sealed class LoseTransferUnitsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/inventory/transfers/{id:guid}/lose", (Guid id, LoseTransferUnitsRequest body, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(new LoseTransferUnits(id, body, dispatcher.IfMatch), Respond.Ok<TransferDetails>(transfer => transfer.Version), ct))
        .RequireScope("inventory:write")
        .Returns<TransferDetails>()
        .Refuses<ValidationFailed, TransferNotFound, TransferExceeded, StaleVersion, StoreOverloaded, IdempotencyKeyReused>()
        .WithSummary("Record that sent units are lost");
}

internal sealed class LoseTransferUnitsHandler(EventSession session, TransferDesk desk) : IRequestHandler<LoseTransferUnits, Outcome<TransferDetails>>
{
    public async Task<Outcome<TransferDetails>> Handle(LoseTransferUnits command, CancellationToken cancellationToken)
    {
        // Which SKUs are on their way never changes, so reading them before the decision misses nothing.
        if (await session.AggregateStreamAsync<Transfer>(command.Id, cancellationToken: cancellationToken) is not { } sent)
        {
            return new TransferNotFound(command.Id);
        }

        var lines = command.Body.Lines?.GroupBy(line => line.Sku, StringComparer.Ordinal).Select(sku => new TransferredUnits(sku.Key, sku.Sum(line => line.Quantity))).ToList();
        return await session.DecideAsync<TransferDetails>(
            touches => TransferDesk.Touch(touches, command.Id, sent.Lines.Select(line => new TransferredUnits(line.Sku, line.Quantity))),
            scope => desk.Lose(scope, command.Id, command.ExpectedVersion, lines, command.Body.Reason),
            cancellationToken);
    }
}
