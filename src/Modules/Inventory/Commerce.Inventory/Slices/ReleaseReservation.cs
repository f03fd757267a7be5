using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// The shopper changed their mind: the units go back at once.

internal sealed record ReleaseReservation(Guid Id, long? ExpectedVersion) : IRequest<Outcome<ReservationDetails>>;

internal sealed class ReleaseReservationEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/inventory/reservations/{id:guid}", (Guid id, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(new ReleaseReservation(id, dispatcher.IfMatch), Respond.NoContent<ReservationDetails>(), ct))
        .RequireScope("inventory:write")
        .ReturnsNothing()
        .Refuses<ReservationNotFound, StaleVersion, StoreOverloaded>()
        .WithSummary("Give a reservation's units back");
}

internal sealed class ReleaseReservationHandler(EventSession session, ReservationDesk desk) : IRequestHandler<ReleaseReservation, Outcome<ReservationDetails>>
{
    public async Task<Outcome<ReservationDetails>> Handle(ReleaseReservation command, CancellationToken cancellationToken) =>
        await session.AggregateStreamAsync<Reservation>(command.Id, cancellationToken: cancellationToken) is { } made
            ? await session.DecideAsync<ReservationDetails>(
                touches => ReservationDesk.Touch(touches, command.Id, made.Lines),
                scope => desk.Release(scope, command.Id, command.ExpectedVersion),
                cancellationToken)
            : new ReservationNotFound(command.Id);
}
