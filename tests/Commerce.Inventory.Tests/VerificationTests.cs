using System.Net;
using Commerce.EventStore;
using Commerce.EventStore.Verification;
using Commerce.Inventory.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using static Commerce.Inventory.Tests.Http;

namespace Commerce.Inventory.Tests;

public sealed class VerificationTests
{
    [Fact]
    public async Task A_busy_inventory_is_sound_and_tampering_is_found()
    {
        await using var database = await InventoryHost.DatabaseAsync();
        await using var host = await InventoryHost.StartAsync(database.ConnectionString);
        var staff = host.Client();
        var skus = Enumerable.Range(0, 3).Select(_ => NewSku()).ToArray();
        await staff.SendAsync(HttpStatusCode.Created, HttpMethod.Post, "inventory/locations", new { code = "annex" });
        foreach (var sku in skus)
        {
            await staff.ReceiveAsync(sku, 30);
            await staff.ReceiveAsync(sku, 10, "annex");
            await staff.SendAsync(HttpStatusCode.OK, HttpMethod.Put, $"inventory/{sku}/settings", new { backorderLimit = 5, lowStockThreshold = 3 });
        }

        // Everybody at once; refusals are part of it.
        await Task.WhenAll(Enumerable.Range(0, 120).Select(i => BusyAsync(host, staff, skus, i)));
        await Task.Delay(2500);

        var verifier = host.Services.GetRequiredService<DatabaseVerifier>();
        (await verifier.VerifyAsync(null, CancellationToken.None)).Violations.ShouldBeEmpty();

        await using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        await using var tamper = new NpgsqlCommand(
            $$"""
            update events.mt_events set data = jsonb_set(data, '{delta}', '-1000') where type = 'stock_adjusted' and version = (select min(version) from events.mt_events where type = 'stock_adjusted');
            update inventory.stock_levels set on_hand = on_hand + 1
            """,
            connection);
        await tamper.ExecuteNonQueryAsync();
        var found = (await verifier.VerifyAsync(null, CancellationToken.None)).Violations.Select(violation => violation.Statement).ToList();
        found.ShouldContain(new StockIsNeverNegative().Statement);
        found.ShouldContain(new StockEventsTellTheBalance().Statement);
        found.ShouldContain("Inventory.StockLevels equals a fresh replay");
    }

    [Fact]
    public void A_reservation_without_its_hold_is_found()
    {
        var rule = new ReservationsHoldWhatTheySay();
        var reservation = Reservation.Initial.Evolve(new ReservationMade([new ReservedLine("A", 1)], Scenarios.Noon));
        var e = new RecordedEvent { Id = Guid.Empty, StreamId = Scenarios.Cart, Version = 1, Name = "reservation_made", Data = "", Timestamp = Scenarios.Noon };
        rule.After(e, reservation).ShouldBeNull();
        rule.AfterTransaction().ShouldNotBeNull();
        rule.AfterTransaction().ShouldBeNull();
    }

    private static async Task BusyAsync(InventoryHost host, HttpClient staff, string[] skus, int i)
    {
        var (sku, next) = (skus[i % 3], skus[(i + 1) % 3]);
        switch (i % 6)
        {
            case 0:
                await staff.AnswerAsync(HttpMethod.Post, $"inventory/{sku}/adjustments", new { delta = i % 4 == 0 ? -2 : 1, reason = "count" });
                break;
            case 1:
                await staff.AnswerAsync(HttpMethod.Post, "inventory/transfers", new { from = "main", to = "annex", lines = new[] { new { sku, quantity = 2 }, new { sku = next, quantity = 1 } } });
                break;
            case 2:
                var (_, made) = await staff.AnswerAsync(
                    HttpMethod.Post, "inventory/reservations", new { lines = new[] { new { sku = next, quantity = 2 }, new { sku, quantity = 1 } }, expiresInSeconds = 1 + (i % 2) });
                if (i % 4 == 2 && made.TryGetProperty("id", out var id))
                {
                    await staff.AnswerAsync(HttpMethod.Delete, $"inventory/reservations/{id}");
                }

                break;
            default:
                var order = Identifiers.Next();
                StockLine[] lines = [new(sku, 1 + (i % 3)), new(next, 1)];
                var taken = await host.DecideAsync<StockAnswer>(t => t.Question(new AllocateStock(order, lines)), s => s.Ask<AllocateStock, StockAnswer>(new AllocateStock(order, lines)));
                if (taken.Value.Done && i % 2 == 0)
                {
                    await host.DecideAsync<StockAnswer>(t => t.Question(new ReleaseStock(order, lines)), s => s.Ask<ReleaseStock, StockAnswer>(new ReleaseStock(order, lines)));
                }

                break;
        }
    }
}
