using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// The shopper is still there: the hold goes on.

/// <summary>How long from now on.</summary>
internal sealed record ExtendReservationRequest(int ExpiresInSeconds = 900);

internal sealed record ExtendReservation(Guid Id, int ExpiresInSeconds, long? ExpectedVersion) : IRequest<Outcome<ReservationDetails>>;

internal sealed class ExtendReservationValidator : AbstractValidator<ExtendReservation>
{
    public ExtendReservationValidator() => RuleFor(command => command.ExpiresInSeconds).HoldSeconds();
}

internal sealed class ExtendReservationEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/inventory/reservations/{id:guid}/extend", (Guid id, ExtendReservationRequest body, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(
                new ExtendReservation(id, body.ExpiresInSeconds, dispatcher.IfMatch), Respond.Ok<ReservationDetails>(reservation => reservation.Version), ct))
        .RequireScope("inventory:write")
        .Returns<ReservationDetails>()
        .Refuses<ValidationFailed, ReservationNotFound, ReservationEnded, StaleVersion, StoreOverloaded, IdempotencyKeyReused>()
        .WithSummary("Hold a reservation's units for longer");
}

internal sealed class ExtendReservationHandler(EventSession session, ReservationDesk desk) : IRequestHandler<ExtendReservation, Outcome<ReservationDetails>>
{
    public async Task<Outcome<ReservationDetails>> Handle(ExtendReservation command, CancellationToken cancellationToken) =>
        // The lines never change once made, so reading them before the decision misses nothing.
        await session.AggregateStreamAsync<Reservation>(command.Id, cancellationToken: cancellationToken) is { } made
            ? await session.DecideAsync<ReservationDetails>(
                touches => ReservationDesk.Touch(touches, command.Id, made.Lines),
                scope => desk.Extend(scope, command.Id, command.ExpectedVersion, scope.Now.AddSeconds(command.ExpiresInSeconds)),
                cancellationToken)
            : new ReservationNotFound(command.Id);
}
