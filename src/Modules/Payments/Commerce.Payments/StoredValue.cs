using Commerce.EventStore;
using Commerce.Monetary;
using Commerce.Outcomes;

namespace Commerce.Payments;

/// <summary>The ledger of a gift card or of a customer's store credit: what was put on it, spent and given back. Never below zero.</summary>
internal sealed record StoredValue : IAggregate<StoredValue>
{
    /// <summary>The most that one ledger holds; far above any real one and far below the end of decimal.</summary>
    public const decimal Most = 1_000_000_000m;

    /// <inheritdoc />
    public static string StreamType => "stored_value";

    /// <inheritdoc />
    public static StoredValue Initial { get; } = new();

    public StoredValueKind Kind { get; private init; }

    public string Currency { get; private init; } = "";

    public decimal Balance { get; private init; }

    public Guid? CustomerId { get; private init; }

    public string? CodeEnd { get; private init; }

    public DateTimeOffset? ExpiresAt { get; private init; }

    public DateTimeOffset IssuedAt { get; private init; }

    /// <summary>Whether anything was ever put on it.</summary>
    public bool Exists => Currency.Length > 0;

    /// <summary>Puts money on it. A gift card is issued once; store credit as often as staff likes.</summary>
    public Decision Issue(StoredValueKind kind, Money amount, Guid? customerId, string? codeEnd, DateTimeOffset? expiresAt, string? reason, DateTimeOffset now) =>
        Exists && kind == StoredValueKind.GiftCard ? new GiftCardCodeTaken()
        : Balance + amount.Amount > Most ? new StoredValueTooLarge()
        : Decision.Of(new StoredValueIssued(kind, amount.Amount, amount.Currency, Balance + amount.Amount, customerId, codeEnd, expiresAt, reason, now));

    /// <summary>Why nothing can be paid from it now, or null.</summary>
    public string? FaultAt(DateTimeOffset now, string currency) =>
        !Exists ? "There is no such gift card or store credit."
        : Currency != currency ? $"It is in {Currency}."
        : ExpiresAt <= now ? "It has expired."
        : Balance == 0 ? "Nothing is left on it."
        : null;

    /// <summary>Spends from it, at most what is there.</summary>
    public Decision Redeem(decimal amount, Guid orderId, Guid paymentId, DateTimeOffset now) => amount > 0 && amount <= Balance
        ? Decision.Of(new StoredValueRedeemed(amount, Balance - amount, orderId, paymentId, now))
        : throw new InvalidOperationException($"{amount} cannot be taken from a balance of {Balance}.");

    /// <summary>Takes money back, also after it has expired: it was the shopper's.</summary>
    public Decision Return(decimal amount, Guid orderId, Guid paymentId, Guid callId, DateTimeOffset now) =>
        Decision.Of(new StoredValueReturned(amount, Balance + amount, orderId, paymentId, callId, now));

    /// <inheritdoc />
    public StoredValue Evolve(object @event) => @event switch
    {
        StoredValueIssued e => this with
        {
            Kind = e.Kind,
            Currency = e.Currency,
            Balance = e.Balance,
            CustomerId = e.CustomerId,
            CodeEnd = e.CodeEnd,
            ExpiresAt = e.ExpiresAt,
            IssuedAt = Exists ? IssuedAt : e.IssuedAt,
        },
        StoredValueRedeemed e => this with { Balance = e.Balance },
        StoredValueReturned e => this with { Balance = e.Balance },
        _ => this,
    };
}

/// <summary>The code stands for another card.</summary>
[Problem(409, "gift-card-code-taken", "This code is taken")]
internal sealed record GiftCardCodeTaken() : Refusal("Another gift card has this code; leave it out and one is drawn.");

/// <summary>More than one ledger may hold.</summary>
[Problem(409, "stored-value-too-large", "The balance would be too large")]
internal sealed record StoredValueTooLarge() : Refusal($"One gift card or store credit holds at most {StoredValue.Most:N0}.");

/// <summary>There is no such gift card or store credit.</summary>
[Problem(404, "gift-card-not-found", "There is no such gift card")]
internal sealed record StoredValueNotFound() : Refusal("There is no gift card or store credit like this.");
