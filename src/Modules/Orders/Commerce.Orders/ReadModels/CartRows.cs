using Commerce.EventStore;
using Npgsql;

namespace Commerce.Orders.ReadModels;

/// <summary>Keeps <c>orders.carts</c> in the transaction of the carts' events.</summary>
internal sealed class CartRows : IInlineProjection
{
    private const string UpsertCarts =
        """
        INSERT INTO orders.carts (id, customer_id, status, currency, item_count, changed_at, version, email, item_value)
        SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::integer[], $6::timestamptz[], $7::bigint[], $8::text[], $9::numeric[])
        ON CONFLICT (id) DO UPDATE SET
            status = excluded.status, item_count = excluded.item_count, changed_at = excluded.changed_at, version = excluded.version,
            email = excluded.email, item_value = excluded.item_value
        """;

    /// <inheritdoc />
    public string Name => "Orders.CartRows";

    /// <inheritdoc />
    public Type Aggregate => typeof(Cart);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["orders.carts"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        var carts = changes.Select(change => (Cart)change.State).ToArray();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(UpsertCarts)
        {
            Parameters =
            {
                Of(changes.Select(change => change.StreamId).ToArray()),
                Of(carts.Select(cart => cart.CustomerId).ToArray()),
                Of(carts.Select(cart => cart.Status.Word()).ToArray()),
                Of(carts.Select(cart => cart.Currency).ToArray()),
                Of(carts.Select(cart => cart.Items.Count).ToArray()),
                Of(changes.Select(change => change.Events[^1].Timestamp.UtcDateTime).ToArray()),
                Of(changes.Select(change => change.Version).ToArray()),
                Of(carts.Select(cart => cart.Email).ToArray()),
                Of(carts.Select(cart => cart.Items.Sum(item => item.UnitPrice.Amount * item.Quantity)).ToArray()),
            },
        });
    }

    private static NpgsqlParameter<T> Of<T>(T values) => new() { TypedValue = values };
}
