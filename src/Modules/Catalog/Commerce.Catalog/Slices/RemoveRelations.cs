using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff take one kind of neighbours away; where there were none, nothing happens.</summary>
internal sealed record RemoveRelations(Guid Id, string Kind, long? IfMatch) : IRequest<Outcome<ProductResponse>>;

internal sealed class RemoveRelationsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/products/{id:guid}/relations/{kind}", (Guid id, string kind, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new RemoveRelations(id, kind, dispatcher.IfMatch), Respond.Ok<ProductResponse>(product => product.Version), cancellationToken))
        .RequireScope("catalog:write")
        .Returns<ProductResponse>()
        .Refuses<ValidationFailed, ProductUnknown, StaleVersion>();
}

internal sealed class RemoveRelationsHandler(EventSession session, ProductPages pages) : IRequestHandler<RemoveRelations, Outcome<ProductResponse>>
{
    public async Task<Outcome<ProductResponse>> Handle(RemoveRelations request, CancellationToken cancellationToken)
    {
        var findings = new Findings();
        RelationWords.Check(request.Kind, findings);
        if (findings.Any)
        {
            return findings.Failure();
        }

        var words = await pages.WordsOfAsync(request.Id, cancellationToken);
        return await session.DecideAsync<Product, ProductResponse>(
            request.Id,
            (stream, scope) => stream.OfKnown(request.IfMatch)
                .Then(known => known.Apply(product => product.Relate(request.Id, request.Kind, [])))
                .Map(_ => ProductPages.Written(request.Id, stream, words, scope.Now)),
            cancellationToken);
    }
}
