using Commerce.EventStore;
using Npgsql;

namespace Commerce.Orders.ReadModels;

/// <summary>Keeps <c>orders.unpaid</c>: orders that a provider is to pay, and whether they wait for it. Orders that are paid by hand leave no trace here.</summary>
internal sealed class UnpaidOrders : IInlineProjection
{
    private const string Upsert =
        """
        INSERT INTO orders.unpaid (order_id, placed_at, waits)
        SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::boolean[])
        ON CONFLICT (order_id) DO UPDATE SET waits = excluded.waits
        """;

    /// <inheritdoc />
    public string Name => "Orders.UnpaidOrders";

    /// <inheritdoc />
    public Type Aggregate => typeof(Order);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["orders.unpaid"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        List<(Guid Id, DateTime PlacedAt, bool Waits)>? rows = null;
        foreach (var change in changes)
        {
            if (change.State is Order { Payment.Provider: not null } order)
            {
                (rows ??= []).Add((change.StreamId, order.PlacedAt.UtcDateTime, order is { Status: OrderStatus.Placed, WasConfirmed: false }));
            }
        }

        if (rows is not null)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Upsert)
            {
                Parameters =
                {
                    new NpgsqlParameter<Guid[]> { TypedValue = [.. rows.Select(row => row.Id)] },
                    new NpgsqlParameter<DateTime[]> { TypedValue = [.. rows.Select(row => row.PlacedAt)] },
                    new NpgsqlParameter<bool[]> { TypedValue = [.. rows.Select(row => row.Waits)] },
                },
            });
        }
    }
}
