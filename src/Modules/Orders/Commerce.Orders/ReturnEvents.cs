using System.Text.Json.Serialization;

namespace Commerce.Orders;

/// <summary>Somebody wants to send goods back.</summary>
/// <param name="ReturnId">The return.</param>
/// <param name="Lines">What, one line per SKU.</param>
/// <param name="RequestedAt">When, UTC.</param>
/// <param name="Replacements">What shall be sent instead, at the price that was asked for it then; null or empty when money is wanted back.</param>
internal sealed record ReturnRequested(
    Guid ReturnId, IReadOnlyList<RequestedReturnLine> Lines, DateTimeOffset RequestedAt, IReadOnlyList<PlacedLine>? Replacements = null);

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

/// <summary>Goods came back. Unless more is expected, what was announced and did not arrive can be announced anew.</summary>
/// <param name="ReturnId">The return.</param>
/// <param name="Lines">What arrived, and how; empty when somebody stops waiting for the rest.</param>
/// <param name="Refund">What the shop owes for it, in the order's currency: given back in the same commit but for what was exchanged.</param>
/// <param name="ReceivedAt">When, UTC.</param>
/// <param name="MoreExpected">Whether the rest is still awaited.</param>
/// <param name="Exchanged">The part of the refund that pays for replacements instead of being given back.</param>
internal sealed record ReturnReceived(
    Guid ReturnId, IReadOnlyList<ReceivedReturnLine> Lines, decimal Refund, DateTimeOffset ReceivedAt, bool MoreExpected = false, decimal Exchanged = 0m);

/// <summary>Units of one SKU in one condition that arrived.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Quantity">At least 1.</param>
/// <param name="Condition">Whether they can be sold again.</param>
/// <param name="IsRefunded">Whether the shopper gets the money for them.</param>
/// <param name="IsRestocked">Whether they are for sale again; null goes by the condition. What is not is written off: it left the stock when it was sent.</param>
internal sealed record ReceivedReturnLine(string Sku, int Quantity, ReturnCondition Condition, bool IsRefunded, bool? IsRestocked = null)
{
    /// <summary>Whether they are for sale again.</summary>
    public bool GoesOnTheShelf() => IsRestocked ?? Condition == ReturnCondition.Sellable;
}

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

    /// <summary>Used or unpacked: sold again only when somebody says so.</summary>
    [JsonStringEnumMemberName("opened")]
    Opened,

    /// <summary>Did not work when it arrived.</summary>
    [JsonStringEnumMemberName("defective")]
    Defective,
}
