using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff change which words mean the same.</summary>
internal sealed record ReviseSynonyms(Guid Id, SynonymsRequest Synonyms) : IRequest<Outcome<SynonymsResponse>>;

internal sealed class ReviseSynonymsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/search/synonyms/{id:guid}", (Guid id, SynonymsRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new ReviseSynonyms(id, body), Respond.Ok<SynonymsResponse>(), cancellationToken))
        .RequireScope("catalog:write")
        .Returns<SynonymsResponse>()
        .Refuses<ValidationFailed, SynonymsUnknown>();
}

internal sealed class ReviseSynonymsHandler(EventSession session) : IRequestHandler<ReviseSynonyms, Outcome<SynonymsResponse>>
{
    public async Task<Outcome<SynonymsResponse>> Handle(ReviseSynonyms request, CancellationToken cancellationToken)
    {
        var read = request.Synonyms.Read();
        if (!read.IsSuccess)
        {
            return read.Refusal;
        }

        return await session.DecideAsync<SearchThesaurus, SynonymsResponse>(
            SearchThesaurus.Id,
            (stream, _) => stream.Apply(thesaurus => thesaurus.Revise(request.Id, read.Value)).Map(_ => new SynonymsResponse(request.Id, read.Value.Words, read.Value.Asked)),
            cancellationToken);
    }
}
