using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff say that words mean the same, so that a search for one finds the others.</summary>
internal sealed record DefineSynonyms(SynonymsRequest Synonyms) : IRequest<Outcome<SynonymsResponse>>;

internal sealed class DefineSynonymsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/search/synonyms", (SynonymsRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new DefineSynonyms(body), Respond.Created<SynonymsResponse>(synonyms => $"/api/v1/search/synonyms/{synonyms.Id}"), cancellationToken))
        .RequireScope("catalog:write")
        .Returns<SynonymsResponse>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, TooManySearchWords>();
}

internal sealed class DefineSynonymsHandler(EventSession session) : IRequestHandler<DefineSynonyms, Outcome<SynonymsResponse>>
{
    public async Task<Outcome<SynonymsResponse>> Handle(DefineSynonyms request, CancellationToken cancellationToken)
    {
        var read = request.Synonyms.Read();
        if (!read.IsSuccess)
        {
            return read.Refusal;
        }

        var (id, synonyms) = (Identifiers.Next(), read.Value);
        return await session.DecideAsync<SearchThesaurus, SynonymsResponse>(
            SearchThesaurus.Id,
            (stream, _) => stream.Apply(thesaurus => thesaurus.Define(id, synonyms)).Map(_ => new SynonymsResponse(id, synonyms.Words, synonyms.Asked)),
            cancellationToken);
    }
}
