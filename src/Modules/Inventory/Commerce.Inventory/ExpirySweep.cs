using Commerce.EventStore;
using Commerce.Inventory.ReadModels;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Inventory;

/// <summary>
/// Records what time alone has done: the ends of reservations and of sales in advance. Nothing waits for it: expired units are free, and released SKUs
/// no longer sold in advance, from their instant on. It is what tells those who only listen, such as the search index, that they are.
/// </summary>
internal sealed class ExpirySweep(ModuleDatabase<Stock> database, IEventStore store, ReservationDesk desk, IAllocationRule rule, TimeProvider clock, ILogger<ExpirySweep> log) : BackgroundService
{
    internal const string SelectExpired = """
        SELECT id, array_to_string(skus, ' ') AS skus FROM inventory.reservations WHERE status = 'open' AND expires_at <= @now ORDER BY expires_at LIMIT @most
        """;

    internal const string SelectReleased = "SELECT sku FROM inventory.preorders WHERE release_at <= @now ORDER BY release_at LIMIT @most";

    private const int Most = 100;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>Records one page of expired reservations and of releases.</summary>
    /// <returns>How many there were, at most a page.</returns>
    internal async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        List<ExpiredReservation> expired;
        List<string> released;
        await using (var connection = await database.OpenAsync(cancellationToken))
        {
            expired = [.. await connection.QueryAsync<ExpiredReservation>(new CommandDefinition(SelectExpired, new { now = clock.GetUtcNow(), most = Most }, cancellationToken: cancellationToken))];
            released = [.. await connection.QueryAsync<string>(new CommandDefinition(SelectReleased, new { now = clock.GetUtcNow(), most = Most }, cancellationToken: cancellationToken))];
        }

        await Task.WhenAll(expired.Select(reservation => ExpireAsync(reservation, cancellationToken)));
        await Task.WhenAll(released.Select(sku => ReleaseAsync(sku, cancellationToken)));
        return Math.Max(expired.Count, released.Count);
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
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
                InventoryLog.SweepFailed(log, exception);
            }
        }
    }

    private Task<Outcome<Done>> ReleaseAsync(string sku, CancellationToken cancellationToken) =>
        store.DecideAsync<Done>(
            touches => touches.Stream<Stock>(Stock.IdOf(sku)),
            scope => scope.Stream<Stock>(Stock.IdOf(sku)).Apply(stock => stock.Release(rule, scope.Now)).Map(_ => default(Done)),
            new CallContext { Actor = "system:release", Reason = "released" },
            cancellationToken);

    private Task<Outcome<ReservationDetails>> ExpireAsync(ExpiredReservation reservation, CancellationToken cancellationToken) =>
        store.DecideAsync(
            touches => ReservationDesk.Touch(touches, reservation.Id, reservation.Skus.Split(' ').Select(sku => new ReservedLine(sku, 1))),
            scope => desk.Expire(scope, reservation.Id),
            new CallContext { Actor = "system:expiry", Reason = "expired" },
            cancellationToken);
}
