using Commerce.EventStore;
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

// A shopper looks at an order: now from its row, which is as current as the order itself, or at a moment of the past from its events.

internal sealed record GetOrder(Guid Id, DateTimeOffset? AsOf, long? Version, OrderReader Reader) : IRequest<Outcome<CacheEntry>>;

internal sealed class GetOrderValidator : AbstractValidator<GetOrder>
{
    public GetOrderValidator() => RuleFor(query => query.Version).Must(version => version is null or >= 1).WithMessage("1 or more.");
}

internal sealed class GetOrderEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/orders/{id:guid}", (Guid id, UtcTime? asOf, long? version, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new GetOrder(id, asOf?.Value, version, dispatcher.Reader(Ownership.ReadScope)), Respond.Cached(Respond.Private), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom()
        .Returns<OrderResponse>()
        .Refuses<ValidationFailed, OrderNotFound>();
}

internal sealed class GetOrderHandler(ModuleDatabase<OrdersDatabase> database, IEventStore store) : IRequestHandler<GetOrder, Outcome<CacheEntry>>
{
    public const string SelectOrder = "SELECT customer_id, access_hash, version, document FROM orders.orders WHERE id = @Id";

    public Task<Outcome<CacheEntry>> Handle(GetOrder query, CancellationToken cancellationToken) =>
        query.AsOf is null && query.Version is null ? NowAsync(query, cancellationToken) : PastAsync(query, cancellationToken);

    private async Task<Outcome<CacheEntry>> NowAsync(GetOrder query, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<OrderRow>(new CommandDefinition(SelectOrder, new { query.Id }, cancellationToken: cancellationToken));
        return row is not null && query.Reader.MayRead(row.CustomerId, row.AccessHash) ? OrderDocuments.Entry(row.Document, row.Version) : new OrderNotFound();
    }

    private async Task<Outcome<CacheEntry>> PastAsync(GetOrder query, CancellationToken cancellationToken)
    {
        var (order, version) = await store.LoadAsync<Order>(query.Id, query.Version, query.AsOf, cancellationToken);
        return order.IsOpenTo(query.Reader) ? OrderDocuments.Entry(OrderDocuments.Bytes(query.Id, version, order), version) : new OrderNotFound();
    }

    private sealed class OrderRow
    {
        public Guid? CustomerId { get; init; }

        public string? AccessHash { get; init; }

        public long Version { get; init; }

        public byte[] Document { get; init; } = [];
    }
}
