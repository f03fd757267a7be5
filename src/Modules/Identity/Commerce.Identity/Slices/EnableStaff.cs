using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Identity.Slices;

// An administrator lets a member of the staff in again.

internal sealed record EnableStaff(Guid Id, long? ExpectedVersion) : IRequest<Outcome<StaffDetails>>;

internal sealed class EnableStaffEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/staff/{id:guid}/enable", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new EnableStaff(id, dispatcher.IfMatch), Respond.Ok<StaffDetails>(staff => staff.Version), cancellationToken))
        .RequireScope(Scopes.IdentityAdmin)
        .Returns<StaffDetails>()
        .Refuses<StaffNotFound, StaleVersion, StoreOverloaded, IdempotencyKeyReused>()
        .WithSummary("Enable a staff account");
}

internal sealed class EnableStaffHandler(StaffDesk desk) : IRequestHandler<EnableStaff, Outcome<StaffDetails>>
{
    public Task<Outcome<StaffDetails>> Handle(EnableStaff command, CancellationToken cancellationToken) =>
        desk.ChangeAsync(command.Id, command.ExpectedVersion, account => account.Enable(), cancellationToken);
}
