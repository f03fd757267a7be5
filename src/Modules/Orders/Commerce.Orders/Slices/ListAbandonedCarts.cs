using Commerce.Monetary;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// Staff looks for shoppers who stopped half way: open carts with goods that nobody has changed for a while, the latest first.

/// <summary>A cart that was left.</summary>
/// <param name="Id">The cart's id.</param>
/// <param name="CustomerId">Whose it is, or null for a guest's.</param>
/// <param name="Email">Where to write to, if its shopper told.</param>
/// <param name="Currency">ISO 4217 code of its prices.</param>
/// <param name="ItemCount">How many different SKUs lie in it.</param>
/// <param name="Value">What they cost when they were put in.</param>
/// <param name="ChangedAt">When it was last changed, UTC.</param>
/// <param name="Version">The number of its events.</param>
internal sealed record AbandonedCartResponse(
    Guid Id, Guid? CustomerId, string? Email, string Currency, int ItemCount, Money Value, DateTimeOffset ChangedAt, long Version);

internal sealed record ListAbandonedCarts(int IdleHours, PageLimit Limit, string? Cursor) : IRequest<Outcome<Page<AbandonedCartResponse>>>;

internal sealed class ListAbandonedCartsValidator : AbstractValidator<ListAbandonedCarts>
{
    public ListAbandonedCartsValidator() => RuleFor(query => query.IdleHours).InclusiveBetween(0, 24 * 365).WithMessage("0 to 8760 hours.");
}

internal sealed class ListAbandonedCartsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/carts/abandoned", (int? idleHours, PageLimit limit, string? cursor, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ListAbandonedCarts(idleHours ?? 24, limit, cursor), Respond.Ok<Page<AbandonedCartResponse>>(), cancellationToken))
        .RequireScope(Ownership.ReadScope)
        .ReadsFrom()
        .Returns<Page<AbandonedCartResponse>>()
        .Refuses<ValidationFailed>()
        .WithSummary("List the carts that were left with goods in them");
}

internal sealed class ListAbandonedCartsHandler(ModuleDatabase<OrdersDatabase> database, OrdersOptions options, TimeProvider clock)
    : IRequestHandler<ListAbandonedCarts, Outcome<Page<AbandonedCartResponse>>>
{
    public const string SelectAbandoned =
        """
        SELECT id, customer_id, email, currency, item_count, item_value, changed_at, version
          FROM orders.carts
         WHERE status = 'open' AND item_count > 0
           AND (changed_at, id) < (@BeforeTime, @BeforeId) AND changed_at <= @IdleSince AND changed_at > @NotExpired
         ORDER BY changed_at DESC, id DESC
         LIMIT @Take
        """;

    public async Task<Outcome<Page<AbandonedCartResponse>>> Handle(ListAbandonedCarts query, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var (beforeTime, beforeId) = (DateTimeOffset.MaxValue, Guid.AllBitsSet);
        if (query.Cursor is not null && !Cursor.TryDecode(query.Cursor, out beforeTime, out beforeId))
        {
            return Cursor.Malformed;
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<AbandonedRow>(new CommandDefinition(
            SelectAbandoned,
            new
            {
                BeforeTime = beforeTime.UtcDateTime,
                BeforeId = beforeId,
                IdleSince = now.AddHours(-query.IdleHours).UtcDateTime,
                NotExpired = (options.CartLifetime > TimeSpan.Zero ? now - options.CartLifetime : DateTimeOffset.UnixEpoch).UtcDateTime,
                Take = query.Limit.PlusOne,
            },
            cancellationToken: cancellationToken));
        return Page<AbandonedCartResponse>.Cut([.. rows.Select(row => row.Response())], query.Limit, cart => Cursor.Encode(cart.ChangedAt, cart.Id));
    }

    private sealed record AbandonedRow(
        Guid Id, Guid? CustomerId, string? Email, string Currency, int ItemCount, decimal ItemValue, DateTime ChangedAt, long Version)
    {
        public AbandonedCartResponse Response() => new(
            Id, CustomerId, Email, Currency, ItemCount, Money.Rounded(ItemValue, Currency), new DateTimeOffset(ChangedAt, TimeSpan.Zero), Version);
    }
}
