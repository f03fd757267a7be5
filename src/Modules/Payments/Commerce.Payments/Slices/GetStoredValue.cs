using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Monetary;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Payments.Slices;

// Staff looks at a gift card or store credit with everything that happened on it.

/// <summary>A ledger of stored value.</summary>
/// <param name="Id">The ledger.</param>
/// <param name="Kind">Gift card or store credit.</param>
/// <param name="CustomerId">Whose store credit it is.</param>
/// <param name="CodeEnd">The last four symbols of a gift card's code.</param>
/// <param name="Balance">What is on it.</param>
/// <param name="ExpiresAt">Until when it can be spent.</param>
/// <param name="Entries">What happened on it, in order.</param>
/// <param name="Version">The number of its events, also in <c>ETag</c>.</param>
internal sealed record StoredValueResponse(
    Guid Id, StoredValueKind Kind, Guid? CustomerId, string? CodeEnd, Money Balance, DateTimeOffset? ExpiresAt, IReadOnlyList<StoredValueEntry> Entries, long Version);

/// <summary>One entry of the ledger.</summary>
/// <param name="Kind"><c>issued</c>, <c>redeemed</c> or <c>returned</c>.</param>
/// <param name="Amount">How much; below zero when it was spent.</param>
/// <param name="Balance">What was on it afterwards.</param>
/// <param name="OrderId">The order that was paid from it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="At">When, UTC.</param>
internal sealed record StoredValueEntry(string Kind, Money Amount, Money Balance, Guid? OrderId, string? Reason, string? Actor, DateTimeOffset At);

internal sealed record GetStoredValue(Guid Id) : IRequest<Outcome<StoredValueResponse>>;

internal sealed class GetStoredValueEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/gift-cards/{id:guid}", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new GetStoredValue(id), Respond.Ok<StoredValueResponse>(ledger => ledger.Version), cancellationToken))
        .RequireScope("orders:read")
        .ReadsFrom()
        .Returns<StoredValueResponse>()
        .Refuses<StoredValueNotFound>()
        .WithSummary("Look at a gift card or store credit and its entries");
}

internal sealed class GetStoredValueHandler(IEventStore store) : IRequestHandler<GetStoredValue, Outcome<StoredValueResponse>>
{
    public async Task<Outcome<StoredValueResponse>> Handle(GetStoredValue query, CancellationToken cancellationToken)
    {
        var events = await store.FetchStreamAsync(query.Id, null, null, cancellationToken);
        var ledger = events.Aggregate(StoredValue.Initial, (state, recorded) => state.Evolve(recorded.Data));
        return ledger.Exists
            ? new StoredValueResponse(
                query.Id, ledger.Kind, ledger.CustomerId, ledger.CodeEnd, Money.Of(ledger.Balance, ledger.Currency), ledger.ExpiresAt,
                [.. events.Select(recorded => Entry(recorded, ledger.Currency))], events.Count)
            : new StoredValueNotFound();
    }

    private static StoredValueEntry Entry(RecordedEvent recorded, string currency) => recorded.Data switch
    {
        StoredValueIssued e => new StoredValueEntry("issued", Money.Of(e.Amount, currency), Money.Of(e.Balance, currency), null, e.Reason, recorded.Actor, e.IssuedAt),
        StoredValueRedeemed e => new StoredValueEntry("redeemed", Money.Of(-e.Amount, currency), Money.Of(e.Balance, currency), e.OrderId, null, recorded.Actor, e.RedeemedAt),
        StoredValueReturned e => new StoredValueEntry("returned", Money.Of(e.Amount, currency), Money.Of(e.Balance, currency), e.OrderId, null, recorded.Actor, e.ReturnedAt),
        _ => throw new InvalidOperationException($"A ledger of stored value has no {recorded.Name}."),
    };
}
