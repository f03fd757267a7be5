using Commerce.Orders.Contracts;
using Commerce.ReadModels;
using Dapper;

namespace Commerce.Orders.ReadModels;

/// <summary>Answers from the order's row, which is as current as the order itself.</summary>
internal sealed class OrderContacts(ModuleDatabase<OrdersDatabase> database) : IOrderContacts
{
    internal const string SelectDocument = "SELECT document FROM orders.orders WHERE id = @orderId";

    /// <inheritdoc />
    public async ValueTask<OrderContact?> FindAsync(Guid orderId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var document = await connection.QuerySingleOrDefaultAsync<byte[]>(new CommandDefinition(SelectDocument, new { orderId }, cancellationToken: cancellationToken));
        return document is null ? null : Of(OrderDocuments.Read(document));
    }

    private static OrderContact Of(OrderResponse order) => new(
        order.Id, order.Number, order.CustomerId, order.Email, order.Locale, order.ShippingAddress.Name, order.Currency,
        [.. order.Lines.Select(line => new ContactLine(line.Sku, line.Name, line.Quantity, line.Total.Amount))],
        order.Subtotal.Amount, order.Shipping.Amount, order.Tax.Amount, order.Discount.Amount, order.Total.Amount,
        [.. order.Shipments.Select(parcel => new ContactParcel(
            parcel.Id, parcel.Carrier, parcel.TrackingNumber, [.. parcel.Lines.Select(line => new OrderedUnits(line.Sku, line.Quantity))]))]);
}
