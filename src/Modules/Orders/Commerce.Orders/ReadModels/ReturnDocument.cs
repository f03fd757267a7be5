using System.Text.Json.Serialization;
using Commerce.Monetary;
using Commerce.Orders.Placing;

namespace Commerce.Orders.ReadModels;

/// <summary>A return as its reader sees it.</summary>
/// <param name="Id">The return's id.</param>
/// <param name="OrderId">The order.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Lines">What was announced.</param>
/// <param name="Received">What came back, and how.</param>
/// <param name="Replacements">What is sent instead.</param>
/// <param name="Refund">What was given back for it.</param>
/// <param name="Exchanged">What it was worth beyond that, and paid for the replacements.</param>
/// <param name="RequestedAt">When it was announced, UTC.</param>
/// <param name="ApprovedAt">When the shop agreed, UTC.</param>
/// <param name="ReceivedAt">When the goods came back, UTC.</param>
/// <param name="RejectedAt">When the shop declined, UTC.</param>
/// <param name="RejectReason">Why it declined.</param>
/// <param name="OrderStatus">Where the order stands.</param>
/// <param name="PaymentStatus">Where the order's money stands.</param>
internal sealed record ReturnResponse(
    Guid Id, Guid OrderId, ReturnStatus Status, IReadOnlyList<RequestedReturnLine> Lines, IReadOnlyList<ReceivedReturnLine> Received,
    IReadOnlyList<OrderLineRequest> Replacements, Money Refund, Money Exchanged,
    DateTimeOffset RequestedAt, DateTimeOffset? ApprovedAt, DateTimeOffset? ReceivedAt, DateTimeOffset? RejectedAt, string? RejectReason,
    OrderStatus OrderStatus, PaymentStatus PaymentStatus)
{
    /// <summary>The version of the order: a return's tag is its order's.</summary>
    [JsonIgnore]
    public long OrderVersion { get; init; }

    /// <summary>A return as a document.</summary>
    public static ReturnResponse Of(Guid orderId, OrderReturn one, Order order) => new(
        one.Id, orderId, one.Status, one.Lines, one.Received, [.. one.Replacements.Select(line => new OrderLineRequest(line.Sku, line.Quantity))],
        Money.Of(one.Refund.Amount - one.Exchanged.Amount, order.Totals.Total.Currency), Money.Of(one.Exchanged.Amount, order.Totals.Total.Currency),
        one.RequestedAt, one.ApprovedAt, one.ReceivedAt, one.RejectedAt, one.RejectReason, order.Status, order.Payment.Status);

    /// <summary>One return of an order as a document.</summary>
    public static ReturnResponse Of(Guid orderId, long version, Order order, Guid returnId) =>
        Of(orderId, order.ReturnOf(returnId)!, order) with { OrderVersion = version };
}
