using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// What is on the road: the transfers that have not come to their end, the oldest first. Whole ones are one GET further.

/// <summary>A transfer that is under way.</summary>
/// <param name="Id">Its id.</param>
/// <param name="From">Where the goods left.</param>
/// <param name="To">Where they go.</param>
/// <param name="Reference">What the sender calls it.</param>
/// <param name="InTransit">Units still on their way, all SKUs together.</param>
/// <param name="DispatchedAt">When they left.</param>
internal sealed record OpenTransferResponse(Guid Id, string From, string To, string? Reference, long InTransit, DateTimeOffset DispatchedAt);

internal sealed record ListTransfers(PageLimit Limit, string? Cursor) : IRequest<Outcome<Page<OpenTransferResponse>>>;

internal sealed class ListTransfersEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/inventory/transfers", (PageLimit limit, string? cursor, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(new ListTransfers(limit, cursor), Respond.Ok<Page<OpenTransferResponse>>(), ct))
        .RequireScope("inventory:read")
        .ReadsFrom()
        .Returns<Page<OpenTransferResponse>>()
        .Refuses<ValidationFailed>()
        .WithSummary("List the transfers that are under way");
}

internal sealed class ListTransfersHandler(ModuleDatabase<Stock> database) : IRequestHandler<ListTransfers, Outcome<Page<OpenTransferResponse>>>
{
    internal const string Select = """
        SELECT transfer_id AS id, min(origin) AS "from", min(destination) AS "to", min(reference) AS reference, sum(quantity) AS in_transit, min(dispatched_at) AS dispatched_at
        FROM inventory.in_transit WHERE transfer_id > @after
        GROUP BY transfer_id ORDER BY transfer_id LIMIT @limit
        """;

    public async Task<Outcome<Page<OpenTransferResponse>>> Handle(ListTransfers query, CancellationToken cancellationToken)
    {
        var after = Guid.Empty;
        if (query.Cursor is not null && !Cursor.TryDecode(query.Cursor, out after))
        {
            return Cursor.Malformed;
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<TransferRow>(new CommandDefinition(Select, new { after, limit = query.Limit.PlusOne }, cancellationToken: cancellationToken));
        return Page<OpenTransferResponse>.Cut([.. rows.Select(row => row.Response())], query.Limit, transfer => Cursor.Encode(transfer.Id));
    }

    private sealed record TransferRow(Guid Id, string From, string To, string? Reference, long InTransit, DateTime DispatchedAt)
    {
        internal OpenTransferResponse Response() => new(Id, From, To, Reference, InTransit, new DateTimeOffset(DispatchedAt, TimeSpan.Zero));
    }
}
