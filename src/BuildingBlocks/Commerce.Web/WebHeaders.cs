namespace Commerce.Web;

/// <summary>The contract's own headers.</summary>
public static class WebHeaders
{
    /// <summary>1 to 255 printable characters; a repeat of a POST under one key is answered with the first answer.</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary><c>true</c> on an answer that was first given to an earlier request.</summary>
    public const string IdempotentReplayed = "Idempotent-Replayed";

    /// <summary>The position of a write; a read that sends it back sees at least that write.</summary>
    public const string ConsistencyToken = "X-Consistency-Token";

    /// <summary><c>events;age=milliseconds</c>: how far the read models behind an answer are behind.</summary>
    public const string ProjectionLag = "X-Projection-Lag";

    /// <summary>The secret of a guest's order or cart.</summary>
    public const string GuestToken = "X-Guest-Token";

    /// <summary>An API key.</summary>
    public const string ApiKey = "X-Api-Key";

    /// <summary>The value of <c>X-Content-Type-Options</c> on every answer.</summary>
    internal const string NoSniff = "nosniff";
}
