using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Identity.Slices;

// An administrator looks at a member of the staff, and gets the version that changes expect.

internal sealed record GetStaff(Guid Id) : IRequest<Outcome<StaffDetails>>;

internal sealed class GetStaffEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/staff/{id:guid}", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new GetStaff(id), Respond.Ok<StaffDetails>(staff => staff.Version), cancellationToken))
        .RequireScope(Scopes.IdentityAdmin)
        .ReadsFrom()
        .Returns<StaffDetails>()
        .Refuses<StaffNotFound>()
        .WithSummary("Read a staff account");
}

internal sealed class GetStaffHandler(ModuleDatabase<Account> database) : IRequestHandler<GetStaff, Outcome<StaffDetails>>
{
    internal const string Select =
        """
        SELECT a.id, coalesce(p.email, '') AS email, p.name, a.roles, a.disabled, a.version
          FROM identity.accounts a LEFT JOIN identity.people p ON p.account_id = a.id
         WHERE a.kind = 'staff' AND a.id = @id
        """;

    public async Task<Outcome<StaffDetails>> Handle(GetStaff query, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<StaffRow>(new CommandDefinition(Select, new { id = query.Id }, cancellationToken: cancellationToken));
        return row is null ? new StaffNotFound() : new StaffDetails(row.Id, row.Email, row.Name, row.Roles, row.Disabled, row.Version);
    }

    private sealed record StaffRow(Guid Id, string Email, string? Name, string[] Roles, bool Disabled, long Version);
}
