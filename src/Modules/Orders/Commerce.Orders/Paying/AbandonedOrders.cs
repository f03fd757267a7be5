using Commerce.EventStore;
using Commerce.Orders.Slices;
using Commerce.ReadModels;
using Dapper;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Orders.Paying;

/// <summary>Cancels orders whose money did not come in time, as staff would: their stock is for sale again, and money that comes later goes back.</summary>
internal sealed class AbandonedOrders(ModuleDatabase<OrdersDatabase> database, IServiceScopeFactory scopes, OrdersOptions options, TimeProvider clock, ILogger<AbandonedOrders> log)
    : BackgroundService
{
    internal const string SelectAbandoned =
        """
        SELECT unpaid.order_id AS "Id", orders.version AS "Version"
        FROM orders.unpaid AS unpaid JOIN orders.orders AS orders ON orders.id = unpaid.order_id
        WHERE unpaid.waits AND unpaid.placed_at <= @before ORDER BY unpaid.placed_at LIMIT @most
        """;

    private const int Most = 100;
    private static readonly TimeSpan Seldom = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(500);

    /// <summary>Cancels one page of them.</summary>
    internal async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        List<AbandonedOrder> abandoned;
        await using (var connection = await database.OpenAsync(cancellationToken))
        {
            abandoned = [.. await connection.QueryAsync<AbandonedOrder>(
                new CommandDefinition(SelectAbandoned, new { before = clock.GetUtcNow() - options.AbandonAfter, most = Most }, cancellationToken: cancellationToken))];
        }

        foreach (var order in abandoned)
        {
            await using var scope = scopes.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<CallContext>().Actor = "system:payments";
            // An order that has changed since, because its money came after all, is looked at again.
            await scope.ServiceProvider.GetRequiredService<IMediator>().Send(
                new CancelOrder(order.Id, "It was not paid in time.", order.Version, new OrderReader(null, true, null)), cancellationToken);
        }

        return abandoned.Count;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.AbandonAfter < TimeSpan.FromMinutes(1) ? Often : Seldom, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                while (await SweepAsync(stoppingToken) == Most)
                {
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                OrdersLog.AbandonedUncancelled(log, exception);
            }
        }
    }

    private sealed class AbandonedOrder
    {
        public Guid Id { get; init; }

        public long Version { get; init; }
    }
}
