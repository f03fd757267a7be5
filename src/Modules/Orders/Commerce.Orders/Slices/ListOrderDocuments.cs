using Commerce.Orders.Reactions;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// Shopper and staff read the invoices and credit notes of an order. They are written a moment after their cause; a consistency token waits for that.

internal sealed record ListOrderDocuments(Guid Id, OrderReader Reader) : IRequest<Outcome<Page<DocumentResponse>>>;

internal sealed class ListOrderDocumentsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/orders/{id:guid}/documents", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ListOrderDocuments(id, dispatcher.Reader(Ownership.ReadScope)), Respond.Ok<Page<DocumentResponse>>(), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom(WhenGoodsOrMoneyMoved.SubscriptionName)
        .Returns<Page<DocumentResponse>>()
        .Refuses<OrderNotFound>()
        .WithSummary("Read the invoices and credit notes of an order");
}

internal sealed class ListOrderDocumentsHandler(DocumentShelf shelf) : IRequestHandler<ListOrderDocuments, Outcome<Page<DocumentResponse>>>
{
    public async Task<Outcome<Page<DocumentResponse>>> Handle(ListOrderDocuments query, CancellationToken cancellationToken)
    {
        var documents = await shelf.OfOrderAsync(query.Id, query.Reader, cancellationToken);
        return documents.Map(all => new Page<DocumentResponse>([.. all.Select(DocumentResponse.Of)], null));
    }
}
