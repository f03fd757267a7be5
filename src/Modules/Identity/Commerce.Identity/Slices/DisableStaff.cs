using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Identity.Slices;

// An administrator shuts a member of the staff out, from the next request on.

internal sealed record DisableStaff(Guid Id, long? ExpectedVersion) : IRequest<Outcome<StaffDetails>>;

internal sealed class DisableStaffEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/staff/{id:guid}/disable", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new DisableStaff(id, dispatcher.IfMatch), Respond.Ok<StaffDetails>(staff => staff.Version), cancellationToken))
        .RequireScope(Scopes.IdentityAdmin)
        .Returns<StaffDetails>()
        .Refuses<StaffNotFound, StaleVersion, StoreOverloaded, IdempotencyKeyReused>()
        .WithSummary("Disable a staff account");
}

internal sealed class DisableStaffHandler(StaffDesk desk) : IRequestHandler<DisableStaff, Outcome<StaffDetails>>
{
    public Task<Outcome<StaffDetails>> Handle(DisableStaff command, CancellationToken cancellationToken) =>
        desk.ChangeAsync(command.Id, command.ExpectedVersion, account => account.Disable(), cancellationToken);
}
