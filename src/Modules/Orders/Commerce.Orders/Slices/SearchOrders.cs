using Commerce.Orders.ReadModels;
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

// Somebody calls and knows a name, a street, half an address or what was in the parcel: staff finds the order by its words, newest first.

internal sealed record SearchOrders(string Text, OrderFilter Body, PageLimit Limit, string? Cursor) : IRequest<Outcome<Page<OrderResponse>>>;

internal sealed class SearchOrdersValidator : AbstractValidator<SearchOrders>
{
    public SearchOrdersValidator()
    {
        RuleFor(query => query.Text).Must(text => text.Length <= 200 && OrderWords.QueryOf(text) is not null).OverridePropertyName("q").WithMessage("1 to 200 characters with a letter or digit.");
        RuleFor(query => query.Body).SetValidator(OrderFilterRules.Instance);
    }
}

internal sealed class SearchOrdersEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/orders/search", (
            string? q, Guid? customerId, string? status, string? paymentStatus, string? email, UtcTime? from, UtcTime? to, PageLimit limit, string? cursor,
            Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new SearchOrders(q ?? "", new OrderFilter(customerId, status, paymentStatus, email, null, from?.Value, to?.Value), limit, cursor),
                Respond.Ok<Page<OrderResponse>>(), cancellationToken))
        .RequireScope(Ownership.ReadScope)
        .ReadsFrom(OrderWords.SubscriptionName)
        .Returns<Page<OrderResponse>>()
        .Refuses<ValidationFailed>()
        .WithSummary("Find orders by words: names, addresses, goods, numbers, tracking");
}

internal sealed class SearchOrdersHandler(ModuleDatabase<OrdersDatabase> database) : IRequestHandler<SearchOrders, Outcome<Page<OrderResponse>>>
{
    public const string SelectFound =
        $"""
        SELECT o.document
          FROM orders.order_words w
          JOIN orders.orders o ON o.id = w.order_id
         WHERE {OrderFilter.Where}
           AND w.words @@ @Words::tsquery
           AND (w.placed_at, w.order_id) < (@BeforeTime, @BeforeId)
           AND w.placed_at >= @From AND w.placed_at < @To
         ORDER BY w.placed_at DESC, w.order_id DESC
         LIMIT @Take
        """;

    public async Task<Outcome<Page<OrderResponse>>> Handle(SearchOrders query, CancellationToken cancellationToken)
    {
        var (beforeTime, beforeId) = (DateTimeOffset.MaxValue, Guid.AllBitsSet);
        if (query.Cursor is not null && !Cursor.TryDecode(query.Cursor, out beforeTime, out beforeId))
        {
            return Cursor.Malformed;
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var documents = await connection.QueryAsync<byte[]>(new CommandDefinition(
            SelectFound,
            query.Body.Values(query.Body.CustomerId, beforeTime, beforeId, query.Limit.PlusOne, words: OrderWords.QueryOf(query.Text)),
            cancellationToken: cancellationToken));
        return Page<OrderResponse>.Cut([.. documents.Select(OrderDocuments.Read)], query.Limit, order => Cursor.Encode(order.PlacedAt, order.Id));
    }
}
