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

// The ledger of a SKU: why its stock is what it is. It is not kept a second time: the stock's own events tell every line, with the balance after it.

/// <summary>One line of the ledger.</summary>
/// <param name="Version">The version of the stock after the event that moved it.</param>
/// <param name="At">When.</param>
/// <param name="Kind">received, adjusted, transferredOut, transferredIn, sentAway, arrived, lostInTransit, reserved, reservationReleased, reservationExpired, reservationConverted, allocated, released, dispatch or return.</param>
/// <param name="Location">Where, or null when it was nowhere in particular.</param>
/// <param name="Quantity">The change of what is available.</param>
/// <param name="OnHandChange">The change of what is on hand.</param>
/// <param name="ReservedChange">The change of what is reserved.</param>
/// <param name="Balance">Available units after it: the running sum of the quantities.</param>
/// <param name="OnHand">Units on hand after it.</param>
/// <param name="Reserved">Units reserved after it.</param>
/// <param name="Cause">order, cart, return, transfer, count or user.</param>
/// <param name="Reference">The order's or reservation's id, or the delivery's reference.</param>
/// <param name="Reason">What the user said.</param>
/// <param name="Actor">Who did it.</param>
internal sealed record MovementResponse(
    long Version, DateTimeOffset At, string Kind, string? Location, int Quantity, int OnHandChange, int ReservedChange, int Balance, int OnHand, int Reserved,
    string Cause, string? Reference, string? Reason, string? Actor);

internal sealed record ListMovements(string Sku, string Order, PageLimit Limit, string? Cursor) : IRequest<Outcome<Page<MovementResponse>>>
{
    internal const string Newest = "newest";
    internal const string Oldest = "oldest";
}

internal sealed class ListMovementsValidator : AbstractValidator<ListMovements>
{
    public ListMovementsValidator() => RuleFor(query => query.Order).Must(order => order is ListMovements.Newest or ListMovements.Oldest).WithMessage("newest or oldest.");
}

internal sealed class ListMovementsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/inventory/{sku}/movements", (string sku, string? order, PageLimit limit, string? cursor, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(new ListMovements(SkuText.FromRoute(sku), order ?? ListMovements.Newest, limit, cursor), Respond.Ok<Page<MovementResponse>>(), ct))
        .RequireScope("inventory:read")
        .ReadsFrom()
        .Returns<Page<MovementResponse>>()
        .Refuses<ValidationFailed, StockNotFound>()
        .WithSummary("Read a SKU's ledger");
}

internal sealed class ListMovementsHandler(ModuleDatabase<Stock> database, IEventStore store) : IRequestHandler<ListMovements, Outcome<Page<MovementResponse>>>
{
    internal const string Exists = "SELECT EXISTS (SELECT FROM inventory.stock_levels WHERE sku = @sku)";

    private readonly string[] _names = store.Types.NamesOf(Movement.Kinds);

    public async Task<Outcome<Page<MovementResponse>>> Handle(ListMovements query, CancellationToken cancellationToken)
    {
        var newest = query.Order == ListMovements.Newest;
        var (version, part) = (newest ? long.MaxValue : 0L, newest ? short.MaxValue : (short)-1);
        if (query.Cursor is not null && !Cursor.TryDecode(query.Cursor, out version, out part))
        {
            return Cursor.Malformed;
        }

        if (!SkuText.IsSku(query.Sku) || !await ExistsAsync(query.Sku, cancellationToken))
        {
            return new StockNotFound(query.Sku);
        }

        // The event that the cursor stands in may have lines on both sides of it.
        var events = await store.FetchPageAsync(Stock.IdOf(query.Sku), _names, version, newest, query.Limit.PlusOne + 1, cancellationToken);
        var lines = events.SelectMany(recorded => newest ? Movement.Of(recorded).Reverse() : Movement.Of(recorded))
            .Where(line => (line.Version, line.Part).CompareTo((version, part)) is var side && (newest ? side < 0 : side > 0))
            .Take(query.Limit.PlusOne);
        var page = Page<Movement>.Cut([.. lines], query.Limit, line => Cursor.Encode(line.Version, line.Part));
        return new Page<MovementResponse>([.. page.Items.Select(Response)], page.NextCursor);
    }

    private async Task<bool> ExistsAsync(string sku, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(Exists, new { sku }, cancellationToken: cancellationToken));
    }

    private static MovementResponse Response(Movement line) => new(
        line.Version, line.At, line.Kind, line.Location, line.OnHandChange - line.ReservedChange, line.OnHandChange, line.ReservedChange, line.OnHand - line.Reserved,
        line.OnHand, line.Reserved, line.Cause, line.Reference, line.Reason, line.Actor);
}
