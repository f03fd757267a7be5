using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Identity.Slices;

// An administrator looks through the staff, newest first.

internal sealed record ListStaff(PageLimit Limit, string? Cursor) : IRequest<Outcome<Page<StaffDetails>>>;

internal sealed class ListStaffEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/staff", (PageLimit limit, string? cursor, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ListStaff(limit, cursor), Respond.Ok<Page<StaffDetails>>(), cancellationToken))
        .RequireScope(Scopes.IdentityAdmin)
        .ReadsFrom()
        .Returns<Page<StaffDetails>>()
        .Refuses<ValidationFailed>()
        .WithSummary("List the staff");
}

internal sealed class ListStaffHandler(ModuleDatabase<Account> database) : IRequestHandler<ListStaff, Outcome<Page<StaffDetails>>>
{
    internal const string Select =
        """
        SELECT a.id, coalesce(p.email, '') AS email, p.name, a.roles, a.disabled, a.version, a.registered_at
          FROM identity.accounts a LEFT JOIN identity.people p ON p.account_id = a.id
         WHERE a.kind = 'staff' AND (a.registered_at, a.id) < (@beforeTime, @beforeId)
         ORDER BY a.registered_at DESC, a.id DESC
         LIMIT @take
        """;

    public async Task<Outcome<Page<StaffDetails>>> Handle(ListStaff query, CancellationToken cancellationToken)
    {
        var (beforeTime, beforeId) = (DateTimeOffset.MaxValue, Guid.AllBitsSet);
        if (query.Cursor is not null && !Cursor.TryDecode(query.Cursor, out beforeTime, out beforeId))
        {
            return Cursor.Malformed;
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<StaffRow>(new CommandDefinition(
            Select, new { beforeTime = beforeTime.UtcDateTime, beforeId, take = query.Limit.PlusOne }, cancellationToken: cancellationToken));
        var page = Page<StaffRow>.Cut([.. rows], query.Limit, row => Cursor.Encode(row.RegisteredAt, row.Id));
        return new Page<StaffDetails>([.. page.Items.Select(row => new StaffDetails(row.Id, row.Email, row.Name, row.Roles, row.Disabled, row.Version))], page.NextCursor);
    }

    private sealed record StaffRow(Guid Id, string Email, string? Name, string[] Roles, bool Disabled, long Version, DateTimeOffset RegisteredAt);
}
