using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff take back that words mean the same.</summary>
internal sealed record RemoveSynonyms(Guid Id) : IRequest<Outcome<Done>>;

internal sealed class RemoveSynonymsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/search/synonyms/{id:guid}", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new RemoveSynonyms(id), Respond.NoContent<Done>(), cancellationToken))
        .RequireScope("catalog:write")
        .ReturnsNothing()
        .Refuses<SynonymsUnknown>();
}

internal sealed class RemoveSynonymsHandler(EventSession session) : IRequestHandler<RemoveSynonyms, Outcome<Done>>
{
    public async Task<Outcome<Done>> Handle(RemoveSynonyms request, CancellationToken cancellationToken) => await session.DecideAsync<SearchThesaurus, Done>(
        SearchThesaurus.Id, (stream, _) => stream.Apply(thesaurus => thesaurus.Remove(request.Id)).Map(_ => default(Done)), cancellationToken);
}
