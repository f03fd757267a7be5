using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// A customer signs in on another device and finds the carts that are still open there; the goods are one GET further.

/// <summary>A cart in a list.</summary>
/// <param name="Id">The cart's id.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Currency">ISO 4217 code of its prices.</param>
/// <param name="ItemCount">How many different SKUs lie in it.</param>
/// <param name="ChangedAt">When it was last changed, UTC.</param>
/// <param name="Version">The number of its events.</param>
internal sealed record CartSummary(Guid Id, string Status, string Currency, int ItemCount, DateTimeOffset ChangedAt, long Version);

internal sealed record ListCarts(Caller Caller, Guid? CustomerId, string? Status, PageLimit Limit, string? Cursor) : IRequest<Outcome<Page<CartSummary>>>;

internal sealed class ListCartsValidator : AbstractValidator<ListCarts>
{
    public ListCartsValidator() => RuleFor(query => query.Status).Must(status => status is null or "open" or "expired" or "checkedOut" or "merged")
        .WithMessage("One of open, expired, checkedOut, merged.");
}

internal sealed class ListCartsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/carts", (Guid? customerId, string? status, PageLimit limit, string? cursor, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ListCarts(dispatcher.Caller, customerId, status, limit, cursor), Respond.Ok<Page<CartSummary>>(), cancellationToken))
        .RequireAuthorization()
        .ReadsFrom()
        .Returns<Page<CartSummary>>()
        .Refuses<ValidationFailed, Unauthenticated, Forbidden>();
}

internal sealed class ListCartsHandler(ModuleDatabase<OrdersDatabase> database, OrdersOptions options, TimeProvider clock)
    : IRequestHandler<ListCarts, Outcome<Page<CartSummary>>>
{
    public const string SelectCarts =
        """
        SELECT id, CASE WHEN status = 'open' AND changed_at <= @OpenSince THEN 'expired' ELSE status END AS status, currency, item_count, changed_at, version
          FROM orders.carts
         WHERE customer_id = @Customer AND (changed_at, id) < (@BeforeTime, @BeforeId) AND status = @Status
           AND (status <> 'open' OR (changed_at > @OpenSince) = @IsOpen)
         ORDER BY changed_at DESC, id DESC
         LIMIT @Take
        """;

    public async Task<Outcome<Page<CartSummary>>> Handle(ListCarts query, CancellationToken cancellationToken)
    {
        var (beforeTime, beforeId) = (DateTimeOffset.MaxValue, Guid.AllBitsSet);
        if (query.Cursor is not null && !Cursor.TryDecode(query.Cursor, out beforeTime, out beforeId))
        {
            return Cursor.Malformed;
        }

        var customer = query.CustomerId ?? Ownership.CustomerOf(query.Caller);
        if (customer is null || (customer != Ownership.CustomerOf(query.Caller) && !query.Caller.Has(Ownership.ReadScope)))
        {
            return new Forbidden();
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var carts = await connection.QueryAsync<CartSummary>(new CommandDefinition(
            SelectCarts,
            new
            {
                Customer = customer,
                Status = query.Status is null or "expired" ? "open" : query.Status,
                IsOpen = query.Status != "expired",
                OpenSince = (options.CartLifetime > TimeSpan.Zero ? clock.GetUtcNow() - options.CartLifetime : DateTimeOffset.UnixEpoch).UtcDateTime,
                BeforeTime = beforeTime.UtcDateTime,
                BeforeId = beforeId,
                Take = query.Limit.PlusOne,
            },
            cancellationToken: cancellationToken));
        return Page<CartSummary>.Cut(carts.AsList(), query.Limit, cart => Cursor.Encode(cart.ChangedAt, cart.Id));
    }
}
