namespace Commerce.Orders;

/// <summary>Money was set aside for the shop.</summary>
/// <param name="Amount">In the order's currency.</param>
/// <param name="AuthorizedAt">When, UTC.</param>
internal sealed record PaymentAuthorized(decimal Amount, DateTimeOffset AuthorizedAt);

/// <summary>The shop took money: of what was set aside, or at once.</summary>
/// <param name="Amount">In the order's currency.</param>
/// <param name="CapturedAt">When, UTC.</param>
internal sealed record PaymentCaptured(decimal Amount, DateTimeOffset CapturedAt);

/// <summary>The shop gave money back.</summary>
/// <param name="Amount">In the order's currency.</param>
/// <param name="Reason">Why, or null.</param>
/// <param name="RefundedAt">When, UTC.</param>
internal sealed record PaymentRefunded(decimal Amount, string? Reason, DateTimeOffset RefundedAt);

/// <summary>The shop gave up its claim to what it has not taken.</summary>
/// <param name="Amount">What had been set aside; 0 when nothing was.</param>
/// <param name="VoidedAt">When, UTC.</param>
internal sealed record PaymentVoided(decimal Amount, DateTimeOffset VoidedAt);

/// <summary>The order became cheaper, so less needs to be set aside.</summary>
/// <param name="Amount">What was given up, in the order's currency.</param>
/// <param name="LoweredAt">When, UTC.</param>
internal sealed record PaymentHoldLowered(decimal Amount, DateTimeOffset LoweredAt);

/// <summary>The money for the whole order is there: it is to be shipped.</summary>
/// <param name="ConfirmedAt">When, UTC.</param>
internal sealed record OrderConfirmed(DateTimeOffset ConfirmedAt);
