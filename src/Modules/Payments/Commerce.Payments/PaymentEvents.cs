namespace Commerce.Payments;

/// <summary>A payment for an order begins: one authorization at one provider, or money from one ledger.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="RequestId">The order's request, or null for money from a ledger, which comes with the order.</param>
/// <param name="Provider">Who moves the money.</param>
/// <param name="Amount">How much at the most.</param>
/// <param name="Currency">ISO 4217 code of every amount.</param>
/// <param name="LedgerId">The gift card or store credit, or null.</param>
/// <param name="RequestedAt">When the order asked, UTC: the token that was kept last before it is this payment's.</param>
/// <param name="OpenedAt">When, UTC.</param>
internal sealed record PaymentOpened(
    Guid OrderId, Guid? RequestId, string Provider, decimal Amount, string Currency, Guid? LedgerId, DateTimeOffset RequestedAt, DateTimeOffset OpenedAt);

/// <summary>The provider is going to be asked, under a key that stands before the first byte is sent.</summary>
/// <param name="CallId">The idempotency key of the call.</param>
/// <param name="Kind">What will be asked.</param>
/// <param name="Amount">How much.</param>
/// <param name="RequestId">The order's request that it carries out, or null.</param>
/// <param name="Reason">Why, or null.</param>
/// <param name="IntendedAt">When, UTC.</param>
internal sealed record PaymentCallIntended(Guid CallId, PaymentCallKind Kind, decimal Amount, Guid? RequestId, string? Reason, DateTimeOffset IntendedAt);

/// <summary>An attempt ended without an outcome that anybody could know: it may have happened or not.</summary>
/// <param name="CallId">The call.</param>
/// <param name="Attempt">Which attempt, from 1.</param>
/// <param name="Problem">What went wrong.</param>
/// <param name="RetryAt">When the provider is asked what became of it, UTC.</param>
/// <param name="AttemptedAt">When, UTC.</param>
internal sealed record PaymentCallUnsettled(Guid CallId, int Attempt, string Problem, DateTimeOffset RetryAt, DateTimeOffset AttemptedAt);

/// <summary>The provider's answer to a call is known.</summary>
/// <param name="CallId">The call.</param>
/// <param name="IsDone">Whether it did what was asked.</param>
/// <param name="Code">Why not, in a word.</param>
/// <param name="Message">Why not, for people.</param>
/// <param name="SettledAt">When, UTC.</param>
internal sealed record PaymentCallSettled(Guid CallId, bool IsDone, string? Code, string? Message, DateTimeOffset SettledAt);

/// <summary>The shopper has to do something at the provider or the bank first.</summary>
/// <param name="Reference">The provider's name for the payment.</param>
/// <param name="Url">Where the shopper has to go.</param>
/// <param name="ChallengedAt">When, UTC.</param>
internal sealed record PaymentChallenged(string Reference, string Url, DateTimeOffset ChallengedAt);

/// <summary>The money is set aside.</summary>
/// <param name="Amount">How much more than before.</param>
/// <param name="Reference">The provider's name for the payment.</param>
/// <param name="RequestId">The order's request that it answers, or null.</param>
/// <param name="At">When, UTC.</param>
internal sealed record PaymentHeld(decimal Amount, string? Reference, Guid? RequestId, DateTimeOffset At);

/// <summary>Money is taken.</summary>
/// <param name="Amount">How much more than before.</param>
/// <param name="RequestId">The order's request that it answers, or null.</param>
/// <param name="At">When, UTC.</param>
internal sealed record PaymentTaken(decimal Amount, Guid? RequestId, DateTimeOffset At);

/// <summary>Money went back.</summary>
/// <param name="Amount">How much more than before.</param>
/// <param name="RequestId">The order's request that it answers, or null.</param>
/// <param name="At">When, UTC.</param>
internal sealed record PaymentReturned(decimal Amount, Guid? RequestId, DateTimeOffset At);

/// <summary>What was set aside and not taken no longer is.</summary>
/// <param name="Amount">How much.</param>
/// <param name="At">When, UTC.</param>
internal sealed record PaymentReleased(decimal Amount, DateTimeOffset At);

/// <summary>The payment did not come about.</summary>
/// <param name="Code">Why, in a word such as <c>insufficient_funds</c>.</param>
/// <param name="Message">Why, for people.</param>
/// <param name="At">When, UTC.</param>
internal sealed record PaymentRefused(string Code, string? Message, DateTimeOffset At);

/// <summary>The order has no use for this payment: it was cancelled meanwhile, or is paid already. All of it goes back.</summary>
/// <param name="At">When, UTC.</param>
internal sealed record PaymentTurnedDown(DateTimeOffset At);
