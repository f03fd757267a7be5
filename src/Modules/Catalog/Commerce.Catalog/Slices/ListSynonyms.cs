using Commerce.Catalog.Wire;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff look which words mean the same.</summary>
internal sealed record ListSynonyms(PageLimit Limit, string? Cursor) : IRequest<Outcome<Page<SynonymsResponse>>>;

internal sealed class ListSynonymsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/search/synonyms", (PageLimit limit, string? cursor, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new ListSynonyms(limit, cursor), Respond.Ok<Page<SynonymsResponse>>(), cancellationToken))
        .RequireScope("catalog:read")
        .ReadsFrom()
        .Returns<Page<SynonymsResponse>>()
        .Refuses<ValidationFailed>();
}

internal sealed class ListSynonymsHandler(ModuleDatabase<CatalogDatabase> database) : IRequestHandler<ListSynonyms, Outcome<Page<SynonymsResponse>>>
{
    internal const string Select = "select id, asked, words from catalog.search_synonyms where id > @after order by id limit @most";

    public async Task<Outcome<Page<SynonymsResponse>>> Handle(ListSynonyms request, CancellationToken cancellationToken)
    {
        var after = Guid.Empty;
        if (request.Cursor is not null && !Cursor.TryDecode(request.Cursor, out after))
        {
            return Cursor.Malformed;
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<(Guid Id, string? Asked, string[] Words)>(
            new CommandDefinition(Select, new { after, most = request.Limit.Value + 1 }, cancellationToken: cancellationToken));
        return Page<SynonymsResponse>.Cut([.. rows.Select(row => new SynonymsResponse(row.Id, row.Words, row.Asked))], request.Limit, last => Cursor.Encode(last.Id));
    }
}
