using System.Text.Json.Serialization;

namespace Commerce.Orders;

/// <summary>Where an order stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OrderStatus>))]
internal enum OrderStatus
{
    /// <summary>Placed: its stock is taken.</summary>
    [JsonStringEnumMemberName("placed")]
    Placed,

    /// <summary>Paid or accepted: to be shipped.</summary>
    [JsonStringEnumMemberName("confirmed")]
    Confirmed,

    /// <summary>Some of its goods are under way.</summary>
    [JsonStringEnumMemberName("partiallyShipped")]
    PartiallyShipped,

    /// <summary>All of its goods are under way.</summary>
    [JsonStringEnumMemberName("shipped")]
    Shipped,

    /// <summary>All of its goods have arrived.</summary>
    [JsonStringEnumMemberName("completed")]
    Completed,

    /// <summary>Called off.</summary>
    [JsonStringEnumMemberName("cancelled")]
    Cancelled,
}

/// <summary>Where the money of an order stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PaymentStatus>))]
internal enum PaymentStatus
{
    /// <summary>Nothing has happened yet.</summary>
    [JsonStringEnumMemberName("pending")]
    Pending,

    /// <summary>The money is set aside for the shop.</summary>
    [JsonStringEnumMemberName("authorized")]
    Authorized,

    /// <summary>Some of it was taken.</summary>
    [JsonStringEnumMemberName("partiallyCaptured")]
    PartiallyCaptured,

    /// <summary>All of it was taken.</summary>
    [JsonStringEnumMemberName("captured")]
    Captured,

    /// <summary>Some of it was given back.</summary>
    [JsonStringEnumMemberName("partiallyRefunded")]
    PartiallyRefunded,

    /// <summary>All of it was given back.</summary>
    [JsonStringEnumMemberName("refunded")]
    Refunded,

    /// <summary>The shop gave up its claim before taking anything.</summary>
    [JsonStringEnumMemberName("voided")]
    Voided,

    /// <summary>The payment did not come about.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>The words for statuses in rows and query strings: the same as on the wire.</summary>
internal static class StatusWords
{
    private static readonly Dictionary<string, OrderStatus> ByWord =
        Enum.GetValues<OrderStatus>().ToDictionary(Word, StringComparer.Ordinal);

    /// <summary>The word of a status.</summary>
    public static string Word(this OrderStatus status) => status switch
    {
        OrderStatus.Placed => "placed",
        OrderStatus.Confirmed => "confirmed",
        OrderStatus.PartiallyShipped => "partiallyShipped",
        OrderStatus.Shipped => "shipped",
        OrderStatus.Completed => "completed",
        OrderStatus.Cancelled => "cancelled",
        _ => throw new InvalidOperationException($"An order has no status {(int)status}."),
    };

    /// <summary>The word of a payment's status.</summary>
    public static string Word(this PaymentStatus status) => status switch
    {
        PaymentStatus.Pending => "pending",
        PaymentStatus.Authorized => "authorized",
        PaymentStatus.PartiallyCaptured => "partiallyCaptured",
        PaymentStatus.Captured => "captured",
        PaymentStatus.PartiallyRefunded => "partiallyRefunded",
        PaymentStatus.Refunded => "refunded",
        PaymentStatus.Voided => "voided",
        PaymentStatus.Failed => "failed",
        _ => throw new InvalidOperationException($"A payment has no status {(int)status}."),
    };

    /// <summary>Whether this is the word of a payment's status.</summary>
    public static bool IsKnownOfPayment(string word) => Enum.GetValues<PaymentStatus>().Any(status => status.Word() == word);

    /// <summary>The word of a cart's status.</summary>
    public static string Word(this CartStatus status) => status switch
    {
        CartStatus.Open => "open",
        CartStatus.CheckedOut => "checkedOut",
        CartStatus.Merged => "merged",
        _ => throw new InvalidOperationException($"A cart in a row has no status {(int)status}."),
    };

    /// <summary>Whether this is the word of a status.</summary>
    public static bool IsKnown(string word) => ByWord.ContainsKey(word);
}
