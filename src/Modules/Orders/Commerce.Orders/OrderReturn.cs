using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Commerce.Monetary;
using Commerce.Outcomes;

namespace Commerce.Orders;

/// <summary>Goods of an order on their way back.</summary>
internal sealed record OrderReturn(Guid Id, ReturnStatus Status, IReadOnlyList<RequestedReturnLine> Lines, DateTimeOffset RequestedAt)
{
    public IReadOnlyList<ReceivedReturnLine> Received { get; init; } = [];

    /// <summary>What shall be sent instead.</summary>
    public IReadOnlyList<PlacedLine> Replacements { get; init; } = [];

    /// <summary>What the shop owed for what came back.</summary>
    public Money Refund { get; init; }

    /// <summary>The part of it that paid for replacements.</summary>
    public Money Exchanged { get; init; }

    public DateTimeOffset? ApprovedAt { get; init; }

    public DateTimeOffset? ReceivedAt { get; init; }

    public DateTimeOffset? RejectedAt { get; init; }

    public string? RejectReason { get; init; }

    /// <summary>Units of a SKU that are announced or came back.</summary>
    public int Claims(string sku) => Status switch
    {
        ReturnStatus.Requested or ReturnStatus.Approved or ReturnStatus.PartiallyReceived => Lines.Where(line => line.Sku == sku).Sum(line => line.Quantity),
        ReturnStatus.Received => Received.Where(line => line.Sku == sku).Sum(line => line.Quantity),
        ReturnStatus.Rejected => 0,
        _ => throw new InvalidOperationException($"A return has no status {Status}."),
    };

    /// <summary>Units of a SKU that are announced and not back yet.</summary>
    public int Awaited(string sku) => Claims(sku) - (Status == ReturnStatus.PartiallyReceived ? Received.Where(line => line.Sku == sku).Sum(line => line.Quantity) : 0);

    /// <summary>Everything that is still awaited, as good as new.</summary>
    public IReadOnlyList<ReceivedReturnLine> AllSellable() =>
        [.. Lines.Select(line => new ReceivedReturnLine(line.Sku, Awaited(line.Sku), ReturnCondition.Sellable, true)).Where(line => line.Quantity > 0)];
}

/// <summary>What arrived of a return.</summary>
/// <param name="Lines">What, and how; null for everything that is awaited, as good as new.</param>
/// <param name="MoreExpected">Whether the rest is still awaited.</param>
/// <param name="RefundInstead">Whether money is given back although replacements were asked for.</param>
internal sealed record ReturnReceipt(IReadOnlyList<ReceivedReturnLine>? Lines = null, bool MoreExpected = false, bool RefundInstead = false);

/// <summary>Where a return stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReturnStatus>))]
internal enum ReturnStatus
{
    /// <summary>Announced.</summary>
    [JsonStringEnumMemberName("requested")]
    Requested,

    /// <summary>Agreed to.</summary>
    [JsonStringEnumMemberName("approved")]
    Approved,

    /// <summary>Some of the goods are back and the rest is awaited.</summary>
    [JsonStringEnumMemberName("partiallyReceived")]
    PartiallyReceived,

    /// <summary>The goods are back.</summary>
    [JsonStringEnumMemberName("received")]
    Received,

    /// <summary>Not agreed to.</summary>
    [JsonStringEnumMemberName("rejected")]
    Rejected,
}

/// <summary>The returns of an order.</summary>
internal static class OrderReturns
{
    /// <summary>The returns with one of them changed.</summary>
    public static ImmutableArray<OrderReturn> With(this ImmutableArray<OrderReturn> returns, Guid id, Func<OrderReturn, OrderReturn> change) =>
        [.. returns.Select(one => one.Id == id ? change(one) : one)];
}

/// <summary>More than was sent, or than was announced.</summary>
[Problem(409, "return-exceeds-shipment", "More than can come back")]
internal sealed record ReturnExceedsShipment(IReadOnlyList<UnitsExceeded> Lines) : Refusal("More units than were shipped and are not on their way back already; see lines.");

/// <summary>The order has no such return.</summary>
[Problem(404, "return-not-found", "There is no such return")]
internal sealed record ReturnNotFound() : Refusal("This order has no return with this id.");

/// <summary>The return has come further than this, or not as far.</summary>
[Problem(409, "return-status", "The return is not at this step")]
internal sealed record ReturnNotAtThisStep(ReturnStatus ReturnStatus) : Refusal("A requested return is approved or rejected, an approved one received or rejected, and a partially received one received to its end.");
