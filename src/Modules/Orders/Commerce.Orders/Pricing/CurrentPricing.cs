using Commerce.EventStore;
using Commerce.Pricing.Contracts;
using Commerce.ReadModels;
using Dapper;

namespace Commerce.Orders.Pricing;

/// <summary>Gathers what a decision about money needs from outside: the shop's rules, out of memory, and what they ask of the buyer.</summary>
internal sealed class CurrentPricing(IRuleBook book, ModuleDatabase<OrdersDatabase> database, TimeProvider time)
{
    internal const string SelectFirst = "SELECT NOT EXISTS (SELECT 1 FROM orders.orders WHERE customer_id = @customerId AND status <> 'cancelled')";

    private static readonly Guid Guests = new("2f6e9a7c-7a0e-4b1f-9a55-0b7c1a6f5d10");

    /// <summary>Who counts as one buyer: a customer, or a guest by e-mail, which is not kept as such.</summary>
    public static Guid? KeyOf(Guid? customerId, string? email) => customerId ?? (email is null ? null : Identifiers.FromName(Guests, email.Trim().ToUpperInvariant()));

    /// <summary>For a new order or a cart.</summary>
    public async ValueTask<OrderPricing> ForAsync(Guid? customerId, string? email, IReadOnlyCollection<string> coupons, CancellationToken cancellationToken)
    {
        var rules = await book.CurrentAsync(cancellationToken);
        var group = customerId is { } customer ? await book.GroupOfAsync(customer, cancellationToken) : null;
        var isFirst = customerId is { } known && rules.AsksForFirstOrder(coupons) && await IsFirstAsync(known, cancellationToken);
        return new OrderPricing(rules, new Buyer(KeyOf(customerId, email), customerId, group, isFirst), time.GetUtcNow());
    }

    /// <summary>For an order that stands; whether it is the buyer's first was settled when it was placed.</summary>
    public ValueTask<OrderPricing> ForAsync(Order order, CancellationToken cancellationToken) => ForAsync(order.CustomerId, order.Email, [], cancellationToken);

    private async Task<bool> IsFirstAsync(Guid customerId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(new CommandDefinition(SelectFirst, new { customerId }, cancellationToken: cancellationToken));
    }
}
