using System.Text.Json;
using Commerce.EventStore;
using Commerce.Inventory.ReadModels;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// What can be sold of a SKU: now from its row, in the past from its events.

internal sealed record GetStock(string Sku, long? Version, DateTimeOffset? AsOf) : IRequest<Outcome<StockDetails>>;

internal sealed class GetStockValidator : AbstractValidator<GetStock>
{
    public GetStockValidator() => RuleFor(query => query.Version).GreaterThanOrEqualTo(1);
}

internal sealed class GetStockEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/inventory/{sku}", (string sku, long? version, UtcTime? asOf, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(new GetStock(SkuText.FromRoute(sku), version, asOf?.Value), Respond.Ok<StockDetails>(stock => stock.Version), ct))
        .AllowAnonymous()
        .ReadsFrom()
        .Returns<StockDetails>()
        .Refuses<ValidationFailed, StockNotFound, StockVersionNotFound>()
        .WithSummary("Read a SKU's stock, now or in the past");
}

internal sealed class GetStockHandler(ModuleDatabase<Stock> database, IEventStore store, BundleDirectory bundles, StockLevels levels, TimeProvider clock)
    : IRequestHandler<GetStock, Outcome<StockDetails>>
{
    internal const string Select = """
        SELECT level.sku, level.version, level.on_hand, level.reserved, level.backordered, level.backorder_limit, level.low_stock_threshold, level.shelves::text AS shelves,
               (SELECT jsonb_path_query_array(jsonb_agg(hold.picks), '$[*][*]')::text
                FROM inventory.holds AS hold WHERE hold.sku = level.sku AND hold.expires_at <= @now) AS expired,
               preorder.release_at, preorder.most,
               (SELECT coalesce(sum(quantity), 0)::integer FROM inventory.in_transit AS moving WHERE moving.sku = level.sku) AS in_transit
        FROM inventory.stock_levels AS level
        LEFT JOIN inventory.preorders AS preorder ON preorder.sku = level.sku AND preorder.release_at > @now
        WHERE level.sku = @sku
        """;

    public async Task<Outcome<StockDetails>> Handle(GetStock query, CancellationToken cancellationToken)
    {
        if (!SkuText.IsSku(query.Sku) || await ReadAsync(query.Sku, cancellationToken) is not { } row)
        {
            return new StockNotFound(query.Sku);
        }

        return query.Version is null && query.AsOf is null
            ? bundles.Current.TryGetValue(row.Sku, out var parts)
                ? StockDetails.OfBundle(row.Sku, parts, await levels.BundleAsync(parts, cancellationToken), row.Version)
                : row.Details()
            : query.Version > row.Version ? new StockVersionNotFound(query.Sku, query.Version.Value) : await PastAsync(query, cancellationToken);
    }

    private async Task<StockRow?> ReadAsync(string sku, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<StockRow>(new CommandDefinition(Select, new { sku, now = clock.GetUtcNow() }, cancellationToken: cancellationToken));
    }

    /// <summary>Folds the events up to the version or the time; a version is shown as it was when it came to be.</summary>
    private async Task<StockDetails> PastAsync(GetStock query, CancellationToken cancellationToken)
    {
        var events = await store.FetchStreamAsync(Stock.IdOf(query.Sku), query.Version, query.AsOf, cancellationToken);
        var state = events.Aggregate(Stock.Initial, (stock, recorded) => stock.Evolve(recorded.Data));
        return StockDetails.Of(query.Sku, state, events.Count > 0 ? events[^1].Version : 0, query.AsOf ?? events[^1].Timestamp);
    }

    private sealed record StockRow(
        string Sku, long Version, int OnHand, int Reserved, int Backordered, int BackorderLimit, int LowStockThreshold, string Shelves, string? Expired,
        DateTime? ReleaseAt, int? Most, int InTransit)
    {
        internal StockDetails Details() => StockDetails.Of(
            Sku, Version, OnHand, Reserved, Backordered, BackorderLimit, LowStockThreshold,
            JsonSerializer.Deserialize(Shelves, InventoryRows.Default.ShelfRowArray)!.Select(shelf => new StockLocationDetails(shelf.Code, shelf.OnHand, shelf.Reserved)),
            Expired is null ? [] : JsonSerializer.Deserialize(Expired, InventoryRows.Default.IReadOnlyListStockPick)!,
            ReleaseAt is { } at ? new PreorderDetails(new DateTimeOffset(at, TimeSpan.Zero), Most!.Value) : null, InTransit);
    }
}
