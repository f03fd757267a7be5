using Commerce.Outcomes;
using Commerce.Payments.ReadModels;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Payments.Slices;

// Staff looks at a payment: what was asked of the provider, how often, and what came of it.

internal sealed record GetPayment(Guid Id) : IRequest<Outcome<PaymentResponse>>;

internal sealed class GetPaymentEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/payments/{id:guid}", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new GetPayment(id), Respond.Ok<PaymentResponse>(payment => payment.Version), cancellationToken))
        .RequireScope("orders:read")
        .ReadsFrom()
        .Returns<PaymentResponse>()
        .Refuses<PaymentNotFound>()
        .WithSummary("Look at a payment and its calls");
}

internal sealed class GetPaymentHandler(ModuleDatabase<PaymentsDatabase> database) : IRequestHandler<GetPayment, Outcome<PaymentResponse>>
{
    internal const string SelectPayment = "SELECT document FROM payments.payments WHERE id = @Id";

    public async Task<Outcome<PaymentResponse>> Handle(GetPayment query, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var document = await connection.QuerySingleOrDefaultAsync<byte[]>(new CommandDefinition(SelectPayment, new { query.Id }, cancellationToken: cancellationToken));
        return document is null ? new PaymentNotFound() : PaymentResponse.Read(document);
    }
}
