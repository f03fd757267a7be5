using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Identity.Slices;

// An administrator changes what a member of the staff does. It holds from the next request on.

internal sealed record ChangeStaffRolesRequest(IReadOnlyList<string> Roles);

internal sealed record ChangeStaffRoles(Caller Caller, Guid Id, IReadOnlyList<string> Roles, long? ExpectedVersion) : IRequest<Outcome<StaffDetails>>;

internal sealed class ChangeStaffRolesValidator : AbstractValidator<ChangeStaffRoles>
{
    public ChangeStaffRolesValidator() => RuleFor(command => command.Roles).StaffRoles();
}

internal sealed class ChangeStaffRolesEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/staff/{id:guid}/roles", (Guid id, ChangeStaffRolesRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new ChangeStaffRoles(dispatcher.Caller, id, body.Roles, dispatcher.IfMatch), Respond.Ok<StaffDetails>(staff => staff.Version), cancellationToken))
        .RequireScope(Scopes.IdentityAdmin)
        .Returns<StaffDetails>()
        .Refuses<ValidationFailed, ScopeNotHeld, StaffNotFound, StaleVersion, StoreOverloaded>()
        .WithSummary("Change the roles of a staff account");
}

internal sealed class ChangeStaffRolesHandler(StaffDesk desk) : IRequestHandler<ChangeStaffRoles, Outcome<StaffDetails>>
{
    public async Task<Outcome<StaffDetails>> Handle(ChangeStaffRoles command, CancellationToken cancellationToken) =>
        Grants.Missing(command.Caller, Roles.ScopesOf(command.Roles)) is { } missing
            ? missing
            : await desk.ChangeAsync(command.Id, command.ExpectedVersion, account => account.ChangeRoles(command.Roles), cancellationToken);
}
