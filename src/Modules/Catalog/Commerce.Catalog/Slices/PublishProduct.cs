using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff put a product on sale, now or from an instant on.</summary>
internal sealed record PublishProduct(Guid Id, DateTimeOffset? At, long? IfMatch) : IRequest<Outcome<ProductResponse>>;

/// <summary>When it shall be on sale; no body, or none of it, is now.</summary>
/// <param name="At">From when on; an instant that has passed is now.</param>
internal sealed record PublishProductRequest(DateTimeOffset? At = null);

internal sealed class PublishProductEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/products/{id:guid}/publish", (Guid id, PublishProductRequest? body, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new PublishProduct(id, body?.At, dispatcher.IfMatch), Respond.Ok<ProductResponse>(product => product.Version), cancellationToken))
        .RequireScope("catalog:write")
        .Returns<ProductResponse>()
        .Refuses<ValidationFailed, ProductUnknown, NothingToSell, AlreadyPublished, AttributesMissing, StaleVersion>();
}

internal sealed class PublishProductHandler(EventSession session, CategoryShelf categories, ProductPages pages, CallContext call)
    : IRequestHandler<PublishProduct, Outcome<ProductResponse>>
{
    public async Task<Outcome<ProductResponse>> Handle(PublishProduct request, CancellationToken cancellationToken)
    {
        var rules = (await categories.AllAsync(call, cancellationToken)).Rules;
        var words = await pages.WordsOfAsync(request.Id, cancellationToken);
        return await session.DecideAsync<Product, ProductResponse>(
            request.Id,
            (stream, scope) => stream.OfKnown(request.IfMatch)
                .Then(known => rules.Complete(known.State.Content))
                .Then(_ => stream.Apply(product => ProductReading.Instant(request.At) is { } at ? product.PublishFrom(at, scope.Now) : product.Publish()))
                .Map(_ => ProductPages.Written(request.Id, stream, words, scope.Now)),
            cancellationToken);
    }
}
