using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// Customers find their own orders, staff finds anybody's: newest first, by keyset, so that page 1,000 costs what page 1 does.

internal sealed record ListOrders(Caller Caller, OrderFilter Body, string? Sku, PageLimit Limit, string? Cursor) : IRequest<Outcome<Page<OrderResponse>>>;

internal sealed class ListOrdersValidator : AbstractValidator<ListOrders>
{
    public ListOrdersValidator() => RuleFor(query => query.Body).SetValidator(OrderFilterRules.Instance);
}

internal sealed class ListOrdersEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/orders", (
            Guid? customerId, string? status, string? paymentStatus, string? email, string? sku, string? number, UtcTime? from, UtcTime? to, PageLimit limit, string? cursor,
            Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new ListOrders(dispatcher.Caller, new OrderFilter(customerId, status, paymentStatus, email, number, from?.Value, to?.Value), sku, limit, cursor),
                Respond.Ok<Page<OrderResponse>>(), cancellationToken))
        .RequireAuthorization()
        .ReadsFrom()
        .Returns<Page<OrderResponse>>()
        .Refuses<ValidationFailed, Unauthenticated, Forbidden>();
}

internal sealed class ListOrdersHandler(ModuleDatabase<OrdersDatabase> database) : IRequestHandler<ListOrders, Outcome<Page<OrderResponse>>>
{
    public const string SelectOrders =
        $"""
        SELECT o.document
          FROM orders.orders o
         WHERE {OrderFilter.Where}
           AND (o.placed_at, o.id) < (@BeforeTime, @BeforeId)
           AND o.placed_at >= @From AND o.placed_at < @To
         ORDER BY o.placed_at DESC, o.id DESC
         LIMIT @Take
        """;

    public const string SelectOrdersOfSku =
        $"""
        SELECT o.document
          FROM orders.order_lines l
          JOIN orders.orders o ON o.id = l.order_id
         WHERE {OrderFilter.Where}
           AND l.sku = @Sku AND (l.placed_at, l.order_id) < (@BeforeTime, @BeforeId)
           AND l.placed_at >= @From AND l.placed_at < @To
         ORDER BY l.placed_at DESC, l.order_id DESC
         LIMIT @Take
        """;

    public async Task<Outcome<Page<OrderResponse>>> Handle(ListOrders query, CancellationToken cancellationToken)
    {
        var (beforeTime, beforeId) = (DateTimeOffset.MaxValue, Guid.AllBitsSet);
        if (query.Cursor is not null && !Cursor.TryDecode(query.Cursor, out beforeTime, out beforeId))
        {
            return Cursor.Malformed;
        }

        var (customer, filter) = (Ownership.CustomerOf(query.Caller), query.Body);
        if (!query.Caller.Has(Ownership.ReadScope) && (customer is null || (filter.CustomerId ?? customer) != customer))
        {
            return new Forbidden();
        }

        if (filter.IsVain)
        {
            return new Page<OrderResponse>([], null);
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var documents = await connection.QueryAsync<byte[]>(new CommandDefinition(
            query.Sku is null ? SelectOrders : SelectOrdersOfSku,
            filter.Values(query.Caller.Has(Ownership.ReadScope) ? filter.CustomerId : customer, beforeTime, beforeId, query.Limit.PlusOne, query.Sku),
            cancellationToken: cancellationToken));
        return Page<OrderResponse>.Cut([.. documents.Select(OrderDocuments.Read)], query.Limit, order => Cursor.Encode(order.PlacedAt, order.Id));
    }
}
