using Commerce.Orders.Billing;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Dapper;

namespace Commerce.Orders.ReadModels;

/// <summary>Finds documents for those who may read their order.</summary>
internal sealed class DocumentShelf(ModuleDatabase<OrdersDatabase> database)
{
    internal const string SelectOwner = "SELECT customer_id AS CustomerId, access_hash AS AccessHash FROM orders.orders WHERE id = @Id";
    internal const string SelectOfOrder = "SELECT document FROM orders.documents WHERE order_id = @Id ORDER BY issued_at, kind DESC, number";

    /// <summary>Every document of an order, in order.</summary>
    public async Task<Outcome<IReadOnlyList<IssuedDocument>>> OfOrderAsync(Guid id, OrderReader reader, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var owner = await connection.QuerySingleOrDefaultAsync<Owner>(new CommandDefinition(SelectOwner, new { Id = id }, cancellationToken: cancellationToken));
        if (owner is null || !reader.MayRead(owner.CustomerId, owner.AccessHash))
        {
            return new OrderNotFound();
        }

        var documents = await connection.QueryAsync<byte[]>(new CommandDefinition(SelectOfOrder, new { Id = id }, cancellationToken: cancellationToken));
        return documents.Select(OrderDocuments.ReadIssued).ToList();
    }

    /// <summary>One document of an order.</summary>
    public async Task<Outcome<IssuedDocument>> FindAsync(Guid id, string number, OrderReader reader, CancellationToken cancellationToken)
    {
        var all = await OfOrderAsync(id, reader, cancellationToken);
        return all.IsSuccess
            ? all.Value.FirstOrDefault(document => document.Number == number) is { } found ? found : new DocumentNotFound()
            : all.Refusal;
    }

    private sealed class Owner
    {
        public Guid? CustomerId { get; init; }

        public string? AccessHash { get; init; }
    }
}

/// <summary>The order has no such document.</summary>
[Problem(404, "document-not-found", "There is no such document")]
internal sealed record DocumentNotFound() : Refusal("This order has no invoice or credit note with this number.");
