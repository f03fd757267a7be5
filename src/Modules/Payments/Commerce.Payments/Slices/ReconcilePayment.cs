using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Payments.ReadModels;
using Commerce.Payments.Work;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Payments.Slices;

// Staff does not want to wait for the next look: the provider is asked now how the payment stands and what became of open calls.

internal sealed record ReconcilePayment(Guid Id) : IRequest<Outcome<PaymentResponse>>;

internal sealed class ReconcilePaymentEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/payments/{id:guid}/reconcile", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ReconcilePayment(id), Respond.Ok<PaymentResponse>(payment => payment.Version), cancellationToken))
        .RequireScope("orders:write")
        .Returns<PaymentResponse>()
        .Refuses<PaymentNotFound, ProviderAway>()
        .WithSummary("Ask the provider how a payment stands");
}

internal sealed class ReconcilePaymentHandler(IEventStore store, PaymentCalls calls) : IRequestHandler<ReconcilePayment, Outcome<PaymentResponse>>
{
    public async Task<Outcome<PaymentResponse>> Handle(ReconcilePayment command, CancellationToken cancellationToken)
    {
        var (known, version) = await store.LoadAsync<Payment>(command.Id, null, null, cancellationToken);
        if (version == 0)
        {
            return new PaymentNotFound();
        }

        foreach (var call in known.Calls.Where(call => call.IsOpen))
        {
            await calls.RunAsync(command.Id, call.Id, cancellationToken);
        }

        if (await calls.LookAsync(command.Id, cancellationToken) is not null)
        {
            return new ProviderAway();
        }

        var (payment, now) = await store.LoadAsync<Payment>(command.Id, null, null, cancellationToken);
        return PaymentResponse.Of(command.Id, now, payment);
    }
}
