namespace Commerce.Messages;

/// <summary>What a message is about, in the words of the table and of the wire.</summary>
internal static class MessageKinds
{
    public const string OrderConfirmation = "orderConfirmation";
    public const string OrderCancellation = "orderCancellation";
    public const string Shipment = "shipment";
    public const string Refund = "refund";
    public const string BackInStock = "backInStock";
    public const string LowStock = "lowStock";

    public static readonly string[] All = [OrderConfirmation, OrderCancellation, Shipment, Refund, BackInStock, LowStock];
}

/// <summary>Where a message stands, in the words of the table and of the wire.</summary>
internal static class MessageStatuses
{
    /// <summary>To be sent, now or after a pause.</summary>
    public const string Waiting = "waiting";

    /// <summary>Handed over to the transport.</summary>
    public const string Sent = "sent";

    /// <summary>Given up.</summary>
    public const string Failed = "failed";

    /// <summary>There is nobody to write to.</summary>
    public const string Skipped = "skipped";

    public static readonly string[] All = [Waiting, Sent, Failed, Skipped];
}
