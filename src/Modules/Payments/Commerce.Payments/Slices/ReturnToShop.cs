using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Payments.Work;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Payments.Slices;

// The shopper comes back from the bank: the provider is asked what came of it, so the way back settles the payment when no webhook was quicker.

/// <summary>What the storefront shows a shopper who comes back.</summary>
/// <param name="PaymentId">The payment.</param>
/// <param name="OrderId">The order that it pays.</param>
/// <param name="Status">Where the payment stands.</param>
internal sealed record PaymentReturnResponse(Guid PaymentId, Guid OrderId, string Status);

internal sealed record ReturnToShop(Guid Id) : IRequest<Outcome<PaymentReturnResponse>>;

internal sealed class ReturnToShopEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/payments/{id:guid}/return", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ReturnToShop(id), Respond.Ok<PaymentReturnResponse>(), cancellationToken))
        .AllowAnonymous()
        .ReadsFrom()
        .Returns<PaymentReturnResponse>()
        .Refuses<PaymentNotFound, ProviderAway>()
        .WithSummary("Come back from a challenge");
}

internal sealed class ReturnToShopHandler(IEventStore store, PaymentCalls calls) : IRequestHandler<ReturnToShop, Outcome<PaymentReturnResponse>>
{
    public async Task<Outcome<PaymentReturnResponse>> Handle(ReturnToShop query, CancellationToken cancellationToken)
    {
        var problem = await calls.LookAsync(query.Id, cancellationToken);
        var (payment, version) = await store.LoadAsync<Payment>(query.Id, null, null, cancellationToken);
        return version == 0 ? new PaymentNotFound()
            : problem is not null ? new ProviderAway()
            : new PaymentReturnResponse(query.Id, payment.OrderId, payment.Status);
    }
}
