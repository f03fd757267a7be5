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

// A shopper asks what is left on a gift card. The code travels in the body, where no log of addresses keeps it.

/// <summary>A gift card's code.</summary>
/// <param name="Code">With or without dashes.</param>
internal sealed record LookUpGiftCardRequest(string Code);

/// <summary>What is left on a gift card.</summary>
/// <param name="Id">Its ledger.</param>
/// <param name="Balance">What is left.</param>
/// <param name="ExpiresAt">Until when it can be spent.</param>
/// <param name="IsUsable">Whether anything can be paid from it now.</param>
internal sealed record GiftCardBalanceResponse(Guid Id, Money Balance, DateTimeOffset? ExpiresAt, bool IsUsable);

internal sealed record LookUpGiftCard(string Code) : IRequest<Outcome<GiftCardBalanceResponse>>;

internal sealed class LookUpGiftCardValidator : AbstractValidator<LookUpGiftCard>
{
    public LookUpGiftCardValidator() => RuleFor(query => query.Code).NotEmpty().MaximumLength(64);
}

internal sealed class LookUpGiftCardEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/gift-cards/balance", (LookUpGiftCardRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new LookUpGiftCard(body.Code), Respond.Ok<GiftCardBalanceResponse>(), cancellationToken))
        .AllowAnonymous()
        .WithoutIdempotencyRecord()
        .Returns<GiftCardBalanceResponse>()
        .Refuses<ValidationFailed, StoredValueNotFound>()
        .WithSummary("See what is left on a gift card");
}

internal sealed class LookUpGiftCardHandler(IEventStore store, TimeProvider clock) : IRequestHandler<LookUpGiftCard, Outcome<GiftCardBalanceResponse>>
{
    public async Task<Outcome<GiftCardBalanceResponse>> Handle(LookUpGiftCard query, CancellationToken cancellationToken)
    {
        var id = StoredValueCodes.LedgerOf(query.Code);
        var (ledger, version) = await store.LoadAsync<StoredValue>(id, null, null, cancellationToken);
        return version == 0
            ? new StoredValueNotFound()
            : new GiftCardBalanceResponse(id, Money.Of(ledger.Balance, ledger.Currency), ledger.ExpiresAt, ledger.FaultAt(clock.GetUtcNow(), ledger.Currency) is null);
    }
}
