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

internal sealed record ListOrders(
    Caller Caller, Guid? CustomerId, string? Status, string? Sku, string? Number, DateTimeOffset? From, DateTimeOffset? To, PageLimit Limit, string? Cursor)
    : IRequest<Outcome<Page<OrderResponse>>>;

internal sealed class ListOrdersValidator : AbstractValidator<ListOrders>
{
    public ListOrdersValidator() => RuleFor(query => query.Status).Must(status => status is null || StatusWords.IsKnown(status))
        .WithMessage("One of placed, confirmed, partiallyShipped, shipped, completed, cancelled.");
}

internal sealed class ListOrdersEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/orders", (
            Guid? customerId, string? status, string? sku, string? number, UtcTime? from, UtcTime? to, PageLimit limit, string? cursor,
            Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new ListOrders(dispatcher.Caller, customerId, status, sku, number, from?.Value, to?.Value, limit, cursor),
                Respond.Ok<Page<OrderResponse>>(), cancellationToken))
        .RequireAuthorization()
        .ReadsFrom()
        .Returns<Page<OrderResponse>>()
        .Refuses<ValidationFailed, Unauthenticated, Forbidden>();
}

internal sealed class ListOrdersHandler(ModuleDatabase<OrdersDatabase> database) : IRequestHandler<ListOrders, Outcome<Page<OrderResponse>>>
{
    // Each value is planned as it comes: a filter that is null is folded away before an index is chosen.
    public const string SelectOrders =
        """
        SELECT o.document
          FROM orders.orders o
         WHERE (o.placed_at, o.id) < (@BeforeTime, @BeforeId)
           AND o.placed_at >= @From AND o.placed_at < @To
           AND (@Customer::uuid IS NULL OR o.customer_id = @Customer)
           AND (@Status::text IS NULL OR o.status = @Status)
           AND (@Number::text IS NULL OR o.number = @Number)
         ORDER BY o.placed_at DESC, o.id DESC
         LIMIT @Take
        """;

    public const string SelectOrdersOfSku =
        """
        SELECT o.document
          FROM orders.order_lines l
          JOIN orders.orders o ON o.id = l.order_id
         WHERE l.sku = @Sku AND (l.placed_at, l.order_id) < (@BeforeTime, @BeforeId)
           AND l.placed_at >= @From AND l.placed_at < @To
           AND (@Customer::uuid IS NULL OR o.customer_id = @Customer)
           AND (@Status::text IS NULL OR o.status = @Status)
           AND (@Number::text IS NULL OR o.number = @Number)
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

        var customer = Ownership.CustomerOf(query.Caller);
        if (!query.Caller.Has(Ownership.ReadScope) && (customer is null || (query.CustomerId ?? customer) != customer))
        {
            return new Forbidden();
        }

        if (query.Number is not null && OrderNumber.Normalize(query.Number) is null)
        {
            return new Page<OrderResponse>([], null);
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var documents = await connection.QueryAsync<byte[]>(new CommandDefinition(
            query.Sku is null ? SelectOrders : SelectOrdersOfSku,
            new
            {
                query.Sku,
                query.Status,
                Number = query.Number is null ? null : OrderNumber.Normalize(query.Number),
                Customer = query.Caller.Has(Ownership.ReadScope) ? query.CustomerId : customer,
                BeforeTime = beforeTime.UtcDateTime,
                BeforeId = beforeId,
                From = (query.From ?? DateTimeOffset.MinValue).UtcDateTime,
                To = (query.To ?? DateTimeOffset.MaxValue).UtcDateTime,
                Take = query.Limit.PlusOne,
            },
            cancellationToken: cancellationToken));
        return Page<OrderResponse>.Cut([.. documents.Select(OrderDocuments.Read)], query.Limit, order => Cursor.Encode(order.PlacedAt, order.Id));
    }
}
