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

// Staff gives a customer store credit: for an apology, or instead of money back.

/// <summary>What is put on a customer's store credit.</summary>
/// <param name="Amount">How much.</param>
/// <param name="Reason">For people.</param>
/// <param name="ExpiresAt">Until when all of it can be spent; for ever when absent.</param>
internal sealed record IssueStoreCreditRequest(Money Amount, string? Reason = null, DateTimeOffset? ExpiresAt = null);

/// <summary>A customer's store credit in one currency.</summary>
/// <param name="Id">Its ledger; staff reads it like a gift card's.</param>
/// <param name="CustomerId">Whose it is.</param>
/// <param name="Balance">What is on it.</param>
/// <param name="ExpiresAt">Until when it can be spent.</param>
/// <param name="Version">The number of its events.</param>
internal sealed record StoreCreditIssuedResponse(Guid Id, Guid CustomerId, Money Balance, DateTimeOffset? ExpiresAt, long Version);

internal sealed record IssueStoreCredit(Guid CustomerId, IssueStoreCreditRequest Body) : IRequest<Outcome<StoreCreditIssuedResponse>>;

internal sealed class IssueStoreCreditValidator : AbstractValidator<IssueStoreCredit>
{
    public IssueStoreCreditValidator(TimeProvider clock)
    {
        RuleFor(command => command.Body.Amount).Must(amount => amount.Amount is > 0 and <= StoredValue.Most).WithMessage("More than zero, and at most a thousand million.");
        RuleFor(command => command.Body.ExpiresAt).Must(at => at is null || at > clock.GetUtcNow()).WithMessage("A time to come.");
        RuleFor(command => command.Body.Reason).MaximumLength(500);
    }
}

internal sealed class IssueStoreCreditEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/store-credit/{customerId:guid}", (Guid customerId, IssueStoreCreditRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new IssueStoreCredit(customerId, body), Respond.Created<StoreCreditIssuedResponse>(credit => $"/api/v1/gift-cards/{credit.Id}", credit => credit.Version), cancellationToken))
        .RequireScope("orders:write")
        .Returns<StoreCreditIssuedResponse>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, StoredValueTooLarge, IdempotencyKeyReused, StoreOverloaded>()
        .WithSummary("Give a customer store credit");
}

internal sealed class IssueStoreCreditHandler(EventSession session) : IRequestHandler<IssueStoreCredit, Outcome<StoreCreditIssuedResponse>>
{
    public Task<Outcome<StoreCreditIssuedResponse>> Handle(IssueStoreCredit command, CancellationToken cancellationToken)
    {
        var body = command.Body;
        var id = StoredValueCodes.LedgerOf(command.CustomerId, body.Amount.Currency);
        return session.DecideAsync<StoredValue, StoreCreditIssuedResponse>(
            id,
            (ledger, scope) => ledger
                .Apply(state => state.Issue(StoredValueKind.StoreCredit, body.Amount, command.CustomerId, null, body.ExpiresAt?.ToUniversalTime(), body.Reason, scope.Now))
                .Map(state => new StoreCreditIssuedResponse(id, command.CustomerId, Money.Of(state.Balance, state.Currency), state.ExpiresAt, ledger.Version)),
            cancellationToken);
    }
}
