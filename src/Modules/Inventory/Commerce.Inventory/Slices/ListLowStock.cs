using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// What to buy: SKUs whose available units are at or below their threshold, in the order of their names.

/// <summary>A SKU that runs low.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="OnHand">Units on hand.</param>
/// <param name="Reserved">Units reserved.</param>
/// <param name="Available">On hand less reserved.</param>
/// <param name="LowStockThreshold">What it is low against.</param>
/// <param name="Availability">lowStock, outOfStock or backorder.</param>
internal sealed record LowStockResponse(string Sku, int OnHand, int Reserved, int Available, int LowStockThreshold, string Availability);

internal sealed record ListLowStock(PageLimit Limit, string? Cursor) : IRequest<Outcome<Page<LowStockResponse>>>;

internal sealed class ListLowStockEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/inventory/low-stock", (PageLimit limit, string? cursor, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(new ListLowStock(limit, cursor), Respond.Ok<Page<LowStockResponse>>(), ct))
        .RequireScope("inventory:read")
        .ReadsFrom()
        .Returns<Page<LowStockResponse>>()
        .Refuses<ValidationFailed>()
        .WithSummary("List the SKUs that run low");
}

internal sealed class ListLowStockHandler(ModuleDatabase<Stock> database) : IRequestHandler<ListLowStock, Outcome<Page<LowStockResponse>>>
{
    internal const string Select = """
        SELECT sku, on_hand, reserved, backorder_limit, low_stock_threshold
        FROM inventory.stock_levels WHERE low AND sku > @after AND NOT EXISTS (SELECT FROM inventory.bundles AS bundle WHERE bundle.sku = stock_levels.sku) ORDER BY sku LIMIT @limit
        """;

    public async Task<Outcome<Page<LowStockResponse>>> Handle(ListLowStock query, CancellationToken cancellationToken)
    {
        var after = "";
        if (query.Cursor is not null && !Cursor.TryDecode(query.Cursor, out after))
        {
            return Cursor.Malformed;
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<LowRow>(new CommandDefinition(Select, new { after, limit = query.Limit.PlusOne }, cancellationToken: cancellationToken));
        return Page<LowStockResponse>.Cut([.. rows.Select(row => row.Response())], query.Limit, low => Cursor.Encode(low.Sku));
    }

    private sealed record LowRow(string Sku, int OnHand, int Reserved, int BackorderLimit, int LowStockThreshold)
    {
        internal LowStockResponse Response() => new(
            Sku, OnHand, Reserved, OnHand - Reserved, LowStockThreshold, Stock.Availability(OnHand - Reserved, BackorderLimit, LowStockThreshold));
    }
}
