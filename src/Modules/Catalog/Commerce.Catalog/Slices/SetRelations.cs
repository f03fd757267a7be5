using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff name the products that stand beside one, in one way: related ones, accessories, better ones.</summary>
internal sealed record SetRelations(Guid Id, string Kind, IReadOnlyList<Guid> ProductIds, long? IfMatch) : IRequest<Outcome<ProductResponse>>;

/// <summary>The products in the order to show them; none takes the kind away.</summary>
/// <param name="ProductIds">At most 50, each once.</param>
internal sealed record RelationsRequest(List<Guid> ProductIds);

internal sealed class SetRelationsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/products/{id:guid}/relations/{kind}", (Guid id, string kind, RelationsRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new SetRelations(id, kind, body.ProductIds, dispatcher.IfMatch), Respond.Ok<ProductResponse>(product => product.Version), cancellationToken))
        .RequireScope("catalog:write")
        .Returns<ProductResponse>()
        .Refuses<ValidationFailed, ProductUnknown, StaleVersion>();
}

internal sealed class SetRelationsHandler(EventSession session, ProductPages pages) : IRequestHandler<SetRelations, Outcome<ProductResponse>>
{
    public async Task<Outcome<ProductResponse>> Handle(SetRelations request, CancellationToken cancellationToken)
    {
        var findings = new Findings();
        RelationWords.Check(request.Kind, findings);
        findings.Check(request.ProductIds.Count <= RelationKinds.Most, "productIds", $"At most {RelationKinds.Most} products.");
        findings.Check(request.ProductIds.Distinct().Count() == request.ProductIds.Count, "productIds", "A product stands twice.");
        if (!findings.Any)
        {
            var known = await pages.KnownAsync(request.ProductIds, cancellationToken);
            for (var i = 0; i < request.ProductIds.Count; i++)
            {
                findings.Check(known.Contains(request.ProductIds[i]), $"productIds[{i}]", "No product has this id.");
            }
        }

        if (findings.Any)
        {
            return findings.Failure();
        }

        var words = await pages.WordsOfAsync(request.Id, cancellationToken);
        return await session.DecideAsync<Product, ProductResponse>(
            request.Id,
            (stream, scope) => stream.OfKnown(request.IfMatch)
                .Then(known => known.Apply(product => product.Relate(request.Id, request.Kind, request.ProductIds)))
                .Map(_ => ProductPages.Written(request.Id, stream, words, scope.Now)),
            cancellationToken);
    }
}
