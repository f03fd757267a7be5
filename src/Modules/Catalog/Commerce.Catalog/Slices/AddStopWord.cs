using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff say that a word means nothing in a search, so that it narrows and ranks nothing.</summary>
internal sealed record AddStopWord(string Word) : IRequest<Outcome<StopWordResponse>>;

internal sealed class AddStopWordEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/search/stop-words/{word}", (string word, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new AddStopWord(word), Respond.Ok<StopWordResponse>(), cancellationToken))
        .RequireScope("catalog:write")
        .Returns<StopWordResponse>()
        .Refuses<ValidationFailed, TooManySearchWords>();
}

internal sealed class AddStopWordHandler(EventSession session) : IRequestHandler<AddStopWord, Outcome<StopWordResponse>>
{
    public async Task<Outcome<StopWordResponse>> Handle(AddStopWord request, CancellationToken cancellationToken)
    {
        if (!SearchWord.IsValid(request.Word, 1))
        {
            return ValidationFailed.Of("word", "One word of 1 to 60 characters with a letter or digit.");
        }

        var word = SearchWord.Plain(request.Word)!;
        return await session.DecideAsync<SearchThesaurus, StopWordResponse>(
            SearchThesaurus.Id, (stream, _) => stream.Apply(thesaurus => thesaurus.AddStopWord(word)).Map(_ => new StopWordResponse(word)), cancellationToken);
    }
}
