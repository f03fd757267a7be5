using Commerce.Catalog.Wire;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff look what shoppers search for, and what they do not find.</summary>
internal sealed record ListSearchStatistics(PageLimit Limit, string? Cursor, string? Days, string? WithoutResults) : IRequest<Outcome<Page<SearchStatisticsItem>>>;

/// <summary>How often something was searched for.</summary>
/// <param name="Query">The query, folded: lower case, without accents.</param>
/// <param name="Searches">First pages that were asked for.</param>
/// <param name="WithoutResults">How many of them found nothing, though no filter narrowed them.</param>
/// <param name="LastAt">The last time.</param>
internal sealed record SearchStatisticsItem(string Query, long Searches, long WithoutResults, DateTimeOffset LastAt);

internal sealed class ListSearchStatisticsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/search/statistics", (PageLimit limit, string? cursor, string? days, string? withoutResults, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ListSearchStatistics(limit, cursor, days, withoutResults), Respond.Ok<Page<SearchStatisticsItem>>(), cancellationToken))
        .RequireScope("catalog:read")
        .ReadsFrom()
        .Returns<Page<SearchStatisticsItem>>()
        .Refuses<ValidationFailed>();
}

internal sealed class ListSearchStatisticsHandler(ModuleDatabase<CatalogDatabase> database, TimeProvider time)
    : IRequestHandler<ListSearchStatistics, Outcome<Page<SearchStatisticsItem>>>
{
    internal const string Select = """
        select query, searches, without_results, last_at
          from (select query, sum(searches) as searches, sum(without_results) as without_results, max(last_at) as last_at
                  from catalog.search_queries where day >= @from group by query) as q
         where (not @failing or without_results > 0) and (case when @failing then without_results else searches end, query) < (@count, @query)
         order by case when @failing then without_results else searches end desc, query desc limit @most
        """;

    private const int DefaultDays = 7;

    public async Task<Outcome<Page<SearchStatisticsItem>>> Handle(ListSearchStatistics request, CancellationToken cancellationToken)
    {
        var findings = new Findings();
        var days = DefaultDays;
        findings.Check(request.Days is null || (int.TryParse(request.Days, out days) && days is >= 1 and <= Search.SearchLog.KeptDays), "days", $"1 to {Search.SearchLog.KeptDays}.");
        findings.Check(request.WithoutResults is null or "true" or "false", "withoutResults", "true or false.");
        var (count, query) = (long.MaxValue, "");
        if (request.Cursor is not null && !Cursor.TryDecode(request.Cursor, out count, out query))
        {
            return Cursor.Malformed;
        }

        if (findings.Any)
        {
            return findings.Failure();
        }

        var failing = request.WithoutResults == "true";
        var from = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).AddDays(1 - days);
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<(string Query, long Searches, long WithoutResults, DateTime LastAt)>(new CommandDefinition(
            Select, new { from = from.ToDateTime(TimeOnly.MinValue), failing, count, query, most = request.Limit.Value + 1 }, cancellationToken: cancellationToken));
        return Page<SearchStatisticsItem>.Cut(
            [.. rows.Select(row => new SearchStatisticsItem(row.Query, row.Searches, row.WithoutResults, new DateTimeOffset(row.LastAt, TimeSpan.Zero)))],
            request.Limit,
            last => Cursor.Encode(failing ? last.WithoutResults : last.Searches, last.Query));
    }
}
