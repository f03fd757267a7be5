using System.Text.Json;
using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Search;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Commerce.Catalog.Slices;

/// <summary>A shopper has typed some letters and is offered products, categories and whole queries.</summary>
internal sealed record SuggestSearch(string? Text, string? Locale) : IRequest<Outcome<CacheEntry>>;

/// <summary>What the letters may become.</summary>
internal sealed record SuggestionsResponse(IReadOnlyList<ProductSuggestion> Products, IReadOnlyList<CategorySuggestion> Categories, IReadOnlyList<string> Queries);

/// <summary>A product.</summary>
internal sealed record ProductSuggestion(Guid Id, string Slug, string Name, string? Image);

/// <summary>A category.</summary>
internal sealed record CategorySuggestion(Guid Id, string Slug, string Name);

internal sealed class SuggestSearchEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/search/suggestions", (string? q, string? locale, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new SuggestSearch(q, locale), Respond.Cached("public, no-cache"), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom("Catalog.Search")
        .Returns<SuggestionsResponse>()
        .Refuses<ValidationFailed>();
}

internal sealed class SuggestSearchHandler(SearchEngine engine, PastQueries past, ItemShelf shelf, CategoryShelf categories, CallContext call, IOptions<CatalogOptions> options)
    : IRequestHandler<SuggestSearch, Outcome<CacheEntry>>
{
    private const int Most = 6;

    public async Task<Outcome<CacheEntry>> Handle(SuggestSearch request, CancellationToken cancellationToken)
    {
        if (ViewQuery.Fault(request.Locale, null) is { } fault)
        {
            return fault;
        }

        var folded = Folding.Fold(request.Text ?? "").Trim();
        if (folded.Length == 0)
        {
            return Rendered.Of(new SuggestionsResponse([], [], []));
        }

        // What is typed is hardly ever finished.
        var begun = char.IsLetterOrDigit(request.Text![^1]) ? request.Text + "*" : request.Text;
        var query = new SearchQuery(begun, [], null, null, options.Value.Currency, new Dictionary<string, IReadOnlyList<string>>(), false, "relevance", Most, null);
        var found = await engine.SearchAsync(query, cancellationToken);
        var items = await shelf.FindAsync([.. found.Hits.Select(hit => hit.Product)], request.Locale, null, call, cancellationToken);
        var map = await categories.AllAsync(call, cancellationToken);
        return Rendered.Of(new SuggestionsResponse(
            [.. items.OfType<ShelvedItem>().Select(Suggestion)],
            [.. map.Named(folded, Most).Select(row => new CategorySuggestion(row.Id, row.Slug, Locales.Pick(row.Translations, request.Locale).Text.Name))],
            [.. past.Beginning(folded, Most).Concat(await engine.CompleteAsync(folded, Most, cancellationToken)).Distinct(StringComparer.Ordinal).Take(Most)]));
    }

    // A few of them, out of the bytes that results are made of.
    private static ProductSuggestion Suggestion(ShelvedItem shelved)
    {
        using var json = JsonDocument.Parse(shelved.ToBytes(0));
        var item = json.RootElement;
        return new ProductSuggestion(item.GetProperty("id").GetGuid(), item.GetProperty("slug").GetString()!, item.GetProperty("name").GetString()!, item.TryGetProperty("image", out var image) ? image.GetString() : null);
    }
}
