namespace Commerce.Messages.ReadModels;

/// <summary>A message as staff sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">What it is about.</param>
/// <param name="Status"><c>waiting</c>, <c>sent</c>, <c>failed</c> (given up) or <c>skipped</c> (nobody to write to).</param>
/// <param name="OrderId">The order it is about, or null.</param>
/// <param name="Sku">The SKU it is about, or null.</param>
/// <param name="Recipient">Where to, masked; null while only the order tells it.</param>
/// <param name="Locale">The language, or null while nobody has asked.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="CreatedAt">When its cause was heard of, UTC.</param>
/// <param name="NextAttemptAt">When it is tried next, UTC; null when it is not.</param>
/// <param name="SentAt">When it was sent last, UTC, or null.</param>
/// <param name="Fault">Why it was not sent, or null.</param>
internal sealed record MessageResponse(
    Guid Id, string Kind, string Status, Guid? OrderId, string? Sku, string? Recipient, string? Locale, int Attempts,
    DateTimeOffset CreatedAt, DateTimeOffset? NextAttemptAt, DateTimeOffset? SentAt, string? Fault);

/// <summary>A row of the outbox for a list.</summary>
internal sealed record MessageRow
{
    /// <summary>Its id.</summary>
    public Guid Id { get; init; }

    /// <summary>What it is about.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Where it stands.</summary>
    public string Status { get; init; } = "";

    /// <summary>The order, or null.</summary>
    public Guid? OrderId { get; init; }

    /// <summary>The SKU, or null.</summary>
    public string? Sku { get; init; }

    /// <summary>The address as far as it is kept.</summary>
    public string? Recipient { get; init; }

    /// <summary>The language, or null.</summary>
    public string? Locale { get; init; }

    /// <summary>Attempts until now.</summary>
    public int Attempts { get; init; }

    /// <summary>When its cause was heard of.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is tried next.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>When it was sent last, or null.</summary>
    public DateTimeOffset? SentAt { get; init; }

    /// <summary>Why it was not sent, or null.</summary>
    public string? Fault { get; init; }

    /// <summary>The row for the wire. What is sent is masked already.</summary>
    public MessageResponse ToResponse() => new(
        Id, Kind, Status, OrderId, Sku, Status == MessageStatuses.Sent ? Recipient : Addresses.Mask(Recipient), Locale, Attempts, CreatedAt,
        Status == MessageStatuses.Waiting ? DueAt : null, SentAt, Fault);
}
