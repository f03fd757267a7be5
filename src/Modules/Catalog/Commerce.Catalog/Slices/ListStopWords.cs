using Commerce.Catalog.Wire;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff look which words mean nothing in a search.</summary>
internal sealed record ListStopWords(PageLimit Limit, string? Cursor) : IRequest<Outcome<Page<StopWordResponse>>>;

internal sealed class ListStopWordsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/search/stop-words", (PageLimit limit, string? cursor, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new ListStopWords(limit, cursor), Respond.Ok<Page<StopWordResponse>>(), cancellationToken))
        .RequireScope("catalog:read")
        .ReadsFrom()
        .Returns<Page<StopWordResponse>>()
        .Refuses<ValidationFailed>();
}

internal sealed class ListStopWordsHandler(ModuleDatabase<CatalogDatabase> database) : IRequestHandler<ListStopWords, Outcome<Page<StopWordResponse>>>
{
    internal const string Select = "select word from catalog.search_stop_words where word > @after order by word limit @most";

    public async Task<Outcome<Page<StopWordResponse>>> Handle(ListStopWords request, CancellationToken cancellationToken)
    {
        var after = "";
        if (request.Cursor is not null && !Cursor.TryDecode(request.Cursor, out after))
        {
            return Cursor.Malformed;
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<string>(new CommandDefinition(Select, new { after, most = request.Limit.Value + 1 }, cancellationToken: cancellationToken));
        return Page<StopWordResponse>.Cut([.. rows.Select(word => new StopWordResponse(word))], request.Limit, last => Cursor.Encode(last.Word));
    }
}
