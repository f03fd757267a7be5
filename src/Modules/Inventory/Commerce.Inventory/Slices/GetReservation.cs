using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// What a reservation holds, and until when. Read from its few events: nobody lists reservations.

internal sealed record GetReservation(Guid Id) : IRequest<Outcome<ReservationDetails>>;

internal sealed class GetReservationEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/inventory/reservations/{id:guid}", (Guid id, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(new GetReservation(id), Respond.Ok<ReservationDetails>(reservation => reservation.Version), ct))
        .RequireScope("inventory:read")
        .Returns<ReservationDetails>()
        .Refuses<ReservationNotFound>()
        .WithSummary("Read a reservation");
}

internal sealed class GetReservationHandler(IEventStore store, TimeProvider clock) : IRequestHandler<GetReservation, Outcome<ReservationDetails>>
{
    public async Task<Outcome<ReservationDetails>> Handle(GetReservation query, CancellationToken cancellationToken)
    {
        var (reservation, version) = await store.LoadAsync<Reservation>(query.Id, null, null, cancellationToken);
        return reservation.Recorded == ReservationStatus.None
            ? new ReservationNotFound(query.Id)
            : ReservationDetails.Of(query.Id, reservation, version, clock.GetUtcNow());
    }
}
