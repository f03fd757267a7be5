using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// What is on its way, and what became of it. Read from its few events.

internal sealed record GetTransfer(Guid Id) : IRequest<Outcome<TransferDetails>>;

internal sealed class GetTransferEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/inventory/transfers/{id:guid}", (Guid id, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(new GetTransfer(id), Respond.Ok<TransferDetails>(transfer => transfer.Version), ct))
        .RequireScope("inventory:read")
        .Returns<TransferDetails>()
        .Refuses<TransferNotFound>()
        .WithSummary("Read a transfer");
}

internal sealed class GetTransferHandler(IEventStore store) : IRequestHandler<GetTransfer, Outcome<TransferDetails>>
{
    public async Task<Outcome<TransferDetails>> Handle(GetTransfer query, CancellationToken cancellationToken)
    {
        var (transfer, version) = await store.LoadAsync<Transfer>(query.Id, null, null, cancellationToken);
        return version == 0 ? new TransferNotFound(query.Id) : TransferDetails.Of(query.Id, transfer, version);
    }
}
