using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Monetary;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Payments.Slices;

// Staff issues a gift card. Its code is shown once, in this answer; what is kept is a hash.

/// <summary>A gift card as it shall be.</summary>
/// <param name="Amount">What is put on it.</param>
/// <param name="Code">Its code, 8 to 64 letters and digits; one is drawn when absent.</param>
/// <param name="ExpiresAt">Until when it can be spent; for ever when absent.</param>
/// <param name="Reason">For people.</param>
internal sealed record IssueGiftCardRequest(Money Amount, string? Code = null, DateTimeOffset? ExpiresAt = null, string? Reason = null);

/// <summary>A gift card that was issued.</summary>
/// <param name="Id">Its ledger.</param>
/// <param name="Code">Its code; only here.</param>
/// <param name="Balance">What is on it.</param>
/// <param name="ExpiresAt">Until when it can be spent.</param>
/// <param name="Version">The number of its events.</param>
internal sealed record GiftCardIssuedResponse(Guid Id, string Code, Money Balance, DateTimeOffset? ExpiresAt, long Version);

internal sealed record IssueGiftCard(IssueGiftCardRequest Body) : IRequest<Outcome<GiftCardIssuedResponse>>;

internal sealed class IssueGiftCardValidator : AbstractValidator<IssueGiftCard>
{
    public IssueGiftCardValidator(TimeProvider clock)
    {
        RuleFor(command => command.Body.Amount).Must(amount => amount.Amount is > 0 and <= StoredValue.Most).WithMessage("More than zero, and at most a thousand million.");
        RuleFor(command => command.Body.Code).Must(code => code is null || (StoredValueCodes.Plain(code).Length is >= 8 and <= 64 && code.Length <= 64))
            .WithMessage("8 to 64 letters and digits.");
        RuleFor(command => command.Body.ExpiresAt).Must(at => at is null || at > clock.GetUtcNow()).WithMessage("A time to come.");
        RuleFor(command => command.Body.Reason).MaximumLength(500);
    }
}

internal sealed class IssueGiftCardEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/gift-cards", (IssueGiftCardRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new IssueGiftCard(body), Respond.Created<GiftCardIssuedResponse>(card => $"/api/v1/gift-cards/{card.Id}", card => card.Version), cancellationToken))
        .RequireScope("orders:write")
        .Returns<GiftCardIssuedResponse>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, GiftCardCodeTaken, StoredValueTooLarge, IdempotencyKeyReused, StoreOverloaded>()
        .WithSummary("Issue a gift card");
}

internal sealed class IssueGiftCardHandler(EventSession session) : IRequestHandler<IssueGiftCard, Outcome<GiftCardIssuedResponse>>
{
    public Task<Outcome<GiftCardIssuedResponse>> Handle(IssueGiftCard command, CancellationToken cancellationToken)
    {
        var body = command.Body;
        var code = body.Code ?? StoredValueCodes.Draw();
        var (id, end) = (StoredValueCodes.LedgerOf(code), StoredValueCodes.Plain(code)[^4..]);
        return session.DecideAsync<StoredValue, GiftCardIssuedResponse>(
            id,
            (ledger, scope) => ledger
                .Apply(state => state.Issue(StoredValueKind.GiftCard, body.Amount, null, end, body.ExpiresAt?.ToUniversalTime(), body.Reason, scope.Now))
                .Map(state => new GiftCardIssuedResponse(id, code, Money.Of(state.Balance, state.Currency), state.ExpiresAt, ledger.Version)),
            cancellationToken);
    }
}
