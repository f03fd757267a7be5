using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// A cart holds units for a while: every line or none, and free again the instant the time has passed.

/// <summary>A wish to hold units.</summary>
/// <param name="Lines">What to hold; lines of one SKU are summed.</param>
/// <param name="ReservationId">The caller's id for it; made here when there is none. The same id with the same lines is the same reservation.</param>
/// <param name="ExpiresInSeconds">How long, up to a week.</param>
internal sealed record ReserveStockRequest(IReadOnlyList<ReservedLine> Lines, Guid? ReservationId = null, int ExpiresInSeconds = 900);

internal sealed record ReserveStock(Guid Id, IReadOnlyList<ReservedLine> Lines, int ExpiresInSeconds) : IRequest<Outcome<ReservationDetails>>;

internal sealed class ReserveStockValidator : AbstractValidator<ReserveStock>
{
    public ReserveStockValidator()
    {
        RuleFor(command => command.Id).NotEqual(Guid.Empty).OverridePropertyName("reservationId");
        RuleFor(command => command.ExpiresInSeconds).HoldSeconds();
        RuleFor(command => command.Lines).Lines();
        RuleForEach(command => command.Lines).NotNull().ChildRules(line =>
        {
            line.RuleFor(l => l.Sku).Sku();
            line.RuleFor(l => l.Quantity).Units();
        });
    }
}

internal sealed class ReserveStockEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/inventory/reservations", (ReserveStockRequest body, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(
                new ReserveStock(body.ReservationId ?? Identifiers.Next(), body.Lines, body.ExpiresInSeconds),
                Respond.Created<ReservationDetails>(reservation => $"/api/v1/inventory/reservations/{reservation.Id}", reservation => reservation.Version),
                ct))
        .RequireScope("inventory:write")
        .Returns<ReservationDetails>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, InsufficientStock, ReservationExists, StoreOverloaded, IdempotencyKeyReused>()
        .WithSummary("Hold units for a while");
}

internal sealed class ReserveStockHandler(EventSession session, ReservationDesk desk, BundleDirectory bundles) : IRequestHandler<ReserveStock, Outcome<ReservationDetails>>
{
    public Task<Outcome<ReservationDetails>> Handle(ReserveStock command, CancellationToken cancellationToken)
    {
        // A bundle is held as its parts: that is what an order takes of it.
        var lines = bundles.Unpacked([.. command.Lines
            .GroupBy(line => line.Sku, StringComparer.Ordinal)
            .Select(sku => new ReservedLine(sku.Key, sku.Sum(line => line.Quantity)))]);
        return session.DecideAsync<ReservationDetails>(
            touches => ReservationDesk.Touch(touches, command.Id, lines),
            scope => desk.Make(scope, command.Id, lines, scope.Now.AddSeconds(command.ExpiresInSeconds)),
            cancellationToken);
    }
}
