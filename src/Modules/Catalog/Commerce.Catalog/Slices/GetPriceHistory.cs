using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Monetary;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>A shopper wants to know whether a reduced price is one; the law wants the lowest of the last 30 days beside it.</summary>
internal sealed record GetPriceHistory(string IdOrSlug, bool Staff) : IRequest<Outcome<CacheEntry>>;

/// <summary>Prices of a product over time.</summary>
/// <param name="Version">The stream's version.</param>
/// <param name="ProductId">The product.</param>
/// <param name="Items">Every price with its dates, oldest first; shoppers see those for everybody that have begun.</param>
/// <param name="LowestLast30Days">By variant and currency, what everybody paid at the least.</param>
internal sealed record PriceHistoryResponse(long Version, Guid ProductId, IReadOnlyList<PricePeriodResponse> Items, IReadOnlyList<LowestPriceResponse> LowestLast30Days);

/// <summary>One price: <c>from</c> and <c>to</c> bound the time it could be paid, <c>setAt</c> and <c>replacedAt</c> the time it stood in the books.</summary>
internal sealed record PricePeriodResponse(
    string Sku, string Amount, string Currency, DateTimeOffset From, DateTimeOffset? To, string? CustomerGroup, int MinQuantity, DateTimeOffset SetAt, DateTimeOffset? ReplacedAt);

/// <summary>The lowest price of a variant in one currency.</summary>
internal sealed record LowestPriceResponse(string Sku, Money Price);

internal sealed class GetPriceHistoryEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/products/{idOrSlug}/price-history", (string idOrSlug, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new GetPriceHistory(idOrSlug, dispatcher.Caller.Has("catalog:read")), Respond.Cached("public, no-cache"), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom()
        .Returns<PriceHistoryResponse>()
        .Refuses<ProductUnknown>();
}

internal sealed class GetPriceHistoryHandler(EventSession session, ProductPages pages, CallContext call, TimeProvider time) : IRequestHandler<GetPriceHistory, Outcome<CacheEntry>>
{
    public async Task<Outcome<CacheEntry>> Handle(GetPriceHistory request, CancellationToken cancellationToken)
    {
        if (await pages.IdOfAsync(request.IdOrSlug, call, cancellationToken) is not { } id)
        {
            return new ProductUnknown();
        }

        var events = await session.FetchStreamAsync(id, cancellationToken: cancellationToken);
        var product = events.Aggregate(Product.Initial, (state, e) => state.Evolve(e.Data));
        if (product == Product.Initial || (product.StatusAt(time.GetUtcNow()) != ProductStatus.Active && !request.Staff))
        {
            return new ProductUnknown();
        }

        var now = time.GetUtcNow();
        var periods = PriceHistory.Periods(events);
        var shown = request.Staff ? periods : [.. periods.Where(period => period.Entry.CustomerGroup is null && !(period.Entry.StartsAt > now))];
        var response = new PriceHistoryResponse(
            events.Count,
            id,
            [.. shown.Select(Of)],
            [.. PriceHistory.Lowest(periods, now).Select(price => new LowestPriceResponse(price.Sku, Money.Of(price.Amount, price.Currency)))]);
        return Rendered.Of(response, events.Count);
    }

    private static PricePeriodResponse Of(PricePeriod period)
    {
        var entry = period.Entry;
        var from = entry.StartsAt > period.SetAt ? entry.StartsAt.Value : period.SetAt;
        var to = entry.EndsAt is { } end && !(period.ReplacedAt < end) ? end : period.ReplacedAt;
        return new PricePeriodResponse(
            period.Sku, Money.Of(entry.Amount, entry.Currency).AmountText(), entry.Currency, from, to, entry.CustomerGroup, entry.MinQuantity, period.SetAt, period.ReplacedAt);
    }
}
