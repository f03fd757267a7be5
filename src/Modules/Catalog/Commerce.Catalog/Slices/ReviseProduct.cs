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
            touches => Touch(touches, request.Id, patch.Slug),
            scope => scope.Stream<Product>(request.Id)
                .OfKnown(request.IfMatch)
                .Then(stream => patch.Over(stream.State.Content)
                    .Then(content => stream.Apply(product => product.Revise(content)))
                    .Then(product => SlugOf(scope, request.Id, patch.Slug))
                    .Map(_ => ProductPages.Written(request.Id, stream, words, scope.Now))),
            cancellationToken);
    }

    private static void Touch(Touches touches, Guid id, string? slug)
    {
        touches.Stream<Product>(id);
        if (slug is not null)
        {
            touches.Stream<SlugClaim>(SlugClaim.IdOf(slug));
        }
    }

    private static Outcome<Done> SlugOf(DecisionScope scope, Guid id, string? slug) => slug is null
        ? default(Done)
        : scope.Stream<SlugClaim>(SlugClaim.IdOf(slug)).Apply(claim => claim.Take(slug, id)).Map(_ => default(Done));
}
