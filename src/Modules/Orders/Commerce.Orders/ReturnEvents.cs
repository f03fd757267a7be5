using System.Text.Json.Serialization;

namespace Commerce.Orders;

/// <summary>Somebody wants to send goods back.</summary>
/// <param name="ReturnId">The return.</param>
/// <param name="Lines">What, one line per SKU.</param>
/// <param name="RequestedAt">When, UTC.</param>
internal sealed record ReturnRequested(Guid ReturnId, IReadOnlyList<RequestedReturnLine> Lines, DateTimeOffset RequestedAt);

/// <summary>So many units of a SKU that are to come back.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Quantity">At least 1.</param>
/// <param name="Reason">Why, in the shopper's words.</param>
internal sealed record RequestedReturnLine(string Sku, int Quantity, string? Reason = null);

/// <summary>The shop agrees; the goods may be sent.</summary>
/// <param name="ReturnId">The return.</param>
/// <param name="ApprovedAt">When, UTC.</param>
internal sealed record ReturnApproved(Guid ReturnId, DateTimeOffset ApprovedAt);

/// <summary>The shop does not take the goods back.</summary>
/// <param name="ReturnId">The return.</param>
/// <param name="Reason">Why, or null.</param>
/// <param name="RejectedAt">When, UTC.</param>
internal sealed record ReturnRejected(Guid ReturnId, string? Reason, DateTimeOffset RejectedAt);

/// <summary>Goods came back. What was announced and did not arrive is no longer expected and can be announced anew.</summary>
/// <param name="ReturnId">The return.</param>
/// <param name="Lines">What arrived, and how.</param>
/// <param name="Refund">What was given back for it in the same commit, in the order's currency.</param>
/// <param name="ReceivedAt">When, UTC.</param>
internal sealed record ReturnReceived(Guid ReturnId, IReadOnlyList<ReceivedReturnLine> Lines, decimal Refund, DateTimeOffset ReceivedAt);

/// <summary>Units of one SKU in one condition that arrived.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Quantity">At least 1.</param>
/// <param name="Condition">Whether they can be sold again.</param>
/// <param name="IsRefunded">Whether the shopper gets the money for them.</param>
internal sealed record ReceivedReturnLine(string Sku, int Quantity, ReturnCondition Condition, bool IsRefunded);

/// <summary>How returned goods arrived.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReturnCondition>))]
internal enum ReturnCondition
{
    /// <summary>As good as new: back on the shelf.</summary>
    [JsonStringEnumMemberName("sellable")]
    Sellable,

    /// <summary>Not to be sold again.</summary>
    [JsonStringEnumMemberName("damaged")]
    Damaged,
}
