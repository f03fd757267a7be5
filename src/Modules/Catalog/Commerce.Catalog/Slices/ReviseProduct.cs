using System.Text.Json;
using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff change texts, slug, categories, attributes or pictures of a product by a JSON merge patch.</summary>
internal sealed record ReviseProduct(Guid Id, JsonElement Patch, long? IfMatch) : IRequest<Outcome<ProductResponse>>;

internal sealed class ReviseProductEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPatch("/products/{id:guid}", (Guid id, JsonElement body, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new ReviseProduct(id, body, dispatcher.IfMatch), Respond.Ok<ProductResponse>(product => product.Version), cancellationToken))
        .Accepts<ProductRequest>("application/merge-patch+json", "application/json")
        .RequireScope("catalog:write")
        .Returns<ProductResponse>()
        .Refuses<ValidationFailed, ProductUnknown, SlugTaken, StaleVersion>();
}

internal sealed class ReviseProductHandler(EventSession session, CategoryShelf categories, ProductPages pages, CallContext call)
    : IRequestHandler<ReviseProduct, Outcome<ProductResponse>>
{
    public async Task<Outcome<ProductResponse>> Handle(ReviseProduct request, CancellationToken cancellationToken)
    {
        var map = await categories.AllAsync(call, cancellationToken);
        var read = ProductPatch.Read(request.Patch).Then(patch => map.Unknown(patch.CategoryIds) is { } unknown ? unknown : Outcome.Of(patch));
        if (!read.IsSuccess)
        {
            return read.Refusal;
        }

        var patch = read.Value;
        var words = await pages.WordsOfAsync(request.Id, cancellationToken);
        return await session.DecideAsync(
            touches => touches.Stream<Product>(request.Id).Slugs(patch.Slugs),
            scope => scope.Stream<Product>(request.Id)
                .OfKnown(request.IfMatch)
                .Then(stream => patch.Over(stream.State.Content)
                    .Then(content => map.Rules.Check(content, stream.State.Content, stream.State.StatusAt(scope.Now) == ProductStatus.Active))
                    .Then(content => stream.Apply(product => product.Revise(content)))
                    .Then(_ => scope.TakeSlugs(patch.Slugs, request.Id))
                    .Map(_ => ProductPages.Written(request.Id, stream, words, scope.Now))),
            cancellationToken);
    }
}
