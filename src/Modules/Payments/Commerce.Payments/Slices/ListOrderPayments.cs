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

// Staff looks at everything that pays, or tried to pay, an order. An order has few payments, so there are no pages.

internal sealed record ListOrderPayments(Guid OrderId) : IRequest<Outcome<Page<PaymentResponse>>>;

internal sealed class ListOrderPaymentsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/orders/{orderId:guid}/payments", (Guid orderId, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ListOrderPayments(orderId), Respond.Ok<Page<PaymentResponse>>(), cancellationToken))
        .RequireScope("orders:read")
        .ReadsFrom()
        .Returns<Page<PaymentResponse>>()
        .WithSummary("List an order's payments");
}

internal sealed class ListOrderPaymentsHandler(ModuleDatabase<PaymentsDatabase> database) : IRequestHandler<ListOrderPayments, Outcome<Page<PaymentResponse>>>
{
    internal const string SelectPayments = "SELECT document FROM payments.payments WHERE order_id = @OrderId ORDER BY opened_at, id";

    public async Task<Outcome<Page<PaymentResponse>>> Handle(ListOrderPayments query, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var documents = await connection.QueryAsync<byte[]>(new CommandDefinition(SelectPayments, new { query.OrderId }, cancellationToken: cancellationToken));
        return new Page<PaymentResponse>([.. documents.Select(PaymentResponse.Read)], null);
    }
}
