using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// What was counted so far, and what the books said. Read from its few events.

internal sealed record GetCount(Guid Id) : IRequest<Outcome<CountDetails>>;

internal sealed class GetCountEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/inventory/counts/{id:guid}", (Guid id, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(new GetCount(id), Respond.Ok<CountDetails>(count => count.Version), ct))
        .RequireScope("inventory:read")
        .Returns<CountDetails>()
        .Refuses<CountNotFound>()
        .WithSummary("Read a stock count");
}

internal sealed class GetCountHandler(IEventStore store) : IRequestHandler<GetCount, Outcome<CountDetails>>
{
    public async Task<Outcome<CountDetails>> Handle(GetCount query, CancellationToken cancellationToken)
    {
        var (count, version) = await store.LoadAsync<StockCount>(query.Id, null, null, cancellationToken);
        return version == 0 ? new CountNotFound(query.Id) : CountDetails.Of(query.Id, count, version);
    }
}
