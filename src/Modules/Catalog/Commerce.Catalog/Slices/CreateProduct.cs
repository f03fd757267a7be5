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

/// <summary>Staff put a new product into the catalogue; it is a draft until it is published.</summary>
internal sealed record CreateProduct(ProductRequest Product) : IRequest<Outcome<ProductResponse>>;

internal sealed class CreateProductEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/products", (ProductRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new CreateProduct(body), Respond.Created<ProductResponse>(product => $"/api/v1/products/{product.Id}", product => product.Version), cancellationToken))
        .RequireScope("catalog:write")
        .Returns<ProductResponse>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, SkuTaken, SlugTaken, NothingToSell, AlreadyPublished>();
}

internal sealed class CreateProductHandler(EventSession session, CategoryShelf categories, ProductPages pages, CallContext call)
    : IRequestHandler<CreateProduct, Outcome<ProductResponse>>
{
    public async Task<Outcome<ProductResponse>> Handle(CreateProduct request, CancellationToken cancellationToken)
    {
        var map = await categories.AllAsync(call, cancellationToken);
        var read = ProductReading.Read(request.Product, isNew: true).Then(map.Resolve);
        if (!read.IsSuccess)
        {
            return read.Refusal;
        }

        var creation = new ProductCreation(Identifiers.Next(), read.Value, map.Rules);
        var words = await pages.WordsAsync(read.Value.Variants.Select(variant => variant.Sku), cancellationToken);
        return await session.DecideAsync(
            creation.Touch,
            scope => creation.Decide(scope).Map(stream => ProductPages.Written(creation.Id, stream, words, scope.Now)),
            cancellationToken);
    }
}
