using FluentValidation;

namespace Commerce.Orders.ReadModels;

/// <summary>Which orders somebody looks for. What is null does not narrow.</summary>
/// <param name="CustomerId">Whose.</param>
/// <param name="Status">Where they stand.</param>
/// <param name="PaymentStatus">Where their money stands.</param>
/// <param name="Email">Whom they write to; case does not count.</param>
/// <param name="Number">The number as somebody types it.</param>
/// <param name="From">Placed then or later.</param>
/// <param name="To">Placed before then.</param>
internal sealed record OrderFilter(Guid? CustomerId, string? Status, string? PaymentStatus, string? Email, string? Number, DateTimeOffset? From, DateTimeOffset? To)
{
    /// <summary>
    /// The filter over <c>orders.orders o</c>. Each value is planned as it comes: a filter that is null is folded away before an index is chosen.
    /// </summary>
    public const string Where =
        """
               (@Customer::uuid IS NULL OR o.customer_id = @Customer)
           AND (@Status::text IS NULL OR o.status = @Status)
           AND (@Payment::text IS NULL OR o.payment_status = @Payment)
           AND (@Email::text IS NULL OR o.email = @Email)
           AND (@Number::text IS NULL OR o.number = @Number)
        """;

    /// <summary>Whether nothing can match: the number is none.</summary>
    public bool IsVain => Number is not null && OrderNumber.Normalize(Number) is null;

    /// <summary>The values of <see cref="Where"/> and of a walk from the newest.</summary>
    public object Values(Guid? customer, DateTimeOffset beforeTime, Guid beforeId, int take, string? sku = null, string? words = null) => new
    {
        Customer = customer,
        Status,
        Payment = PaymentStatus,
        Email = Email?.ToLowerInvariant(),
        Number = Number is null ? null : OrderNumber.Normalize(Number),
        Sku = sku,
        Words = words,
        BeforeTime = beforeTime.UtcDateTime,
        BeforeId = beforeId,
        From = (From ?? DateTimeOffset.MinValue).UtcDateTime,
        To = (To ?? DateTimeOffset.MaxValue).UtcDateTime,
        Take = take,
    };
}

/// <summary>The shape of a filter.</summary>
internal sealed class OrderFilterRules : AbstractValidator<OrderFilter>
{
    /// <summary>One instance: building it compiles its rules.</summary>
    public static readonly OrderFilterRules Instance = new();

    public OrderFilterRules()
    {
        RuleFor(filter => filter.Status).Must(status => status is null || StatusWords.IsKnown(status))
            .WithMessage("One of placed, confirmed, partiallyShipped, shipped, completed, cancelled.");
        RuleFor(filter => filter.PaymentStatus).Must(status => status is null || StatusWords.IsKnownOfPayment(status))
            .WithMessage("One of pending, authorized, partiallyCaptured, captured, partiallyRefunded, refunded, voided, failed.");
    }
}
