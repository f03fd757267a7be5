using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff take back that a word means nothing.</summary>
internal sealed record RemoveStopWord(string Word) : IRequest<Outcome<Done>>;

internal sealed class RemoveStopWordEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/search/stop-words/{word}", (string word, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new RemoveStopWord(word), Respond.NoContent<Done>(), cancellationToken))
        .RequireScope("catalog:write")
        .ReturnsNothing()
        .Refuses<StopWordUnknown>();
}

internal sealed class RemoveStopWordHandler(EventSession session) : IRequestHandler<RemoveStopWord, Outcome<Done>>
{
    public async Task<Outcome<Done>> Handle(RemoveStopWord request, CancellationToken cancellationToken)
    {
        var word = SearchWord.Plain(request.Word)!;
        return await session.DecideAsync<SearchThesaurus, Done>(
            SearchThesaurus.Id, (stream, _) => stream.Apply(thesaurus => thesaurus.RemoveStopWord(word)).Map(_ => default(Done)), cancellationToken);
    }
}
