using Commerce.Outcomes;
using Commerce.Monetary;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Payments.Slices;

// A customer sees the own store credit; staff sees anybody's. One entry for each currency.

/// <summary>A customer's store credit in one currency.</summary>
/// <param name="Id">Its ledger.</param>
/// <param name="Balance">What is on it.</param>
/// <param name="ExpiresAt">Until when it can be spent.</param>
internal sealed record StoreCreditResponse(Guid Id, Money Balance, DateTimeOffset? ExpiresAt);

internal sealed record ListStoreCredit(Guid CustomerId) : IRequest<Outcome<Page<StoreCreditResponse>>>;

internal sealed class ListStoreCreditEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/store-credit/{customerId:guid}", (Guid customerId, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.Caller.Has("orders:read") || (dispatcher.Caller.Kind == CallerKind.Customer && dispatcher.Caller.Id == customerId)
                ? dispatcher.SendAsync(new ListStoreCredit(customerId), Respond.Ok<Page<StoreCreditResponse>>(), cancellationToken)
                : Task.FromResult(dispatcher.Refuse(new StoredValueNotFound())))
        .RequireAuthorization()
        .ReadsFrom()
        .Returns<Page<StoreCreditResponse>>()
        .Refuses<StoredValueNotFound>()
        .WithSummary("See a customer's store credit");
}

internal sealed class ListStoreCreditHandler(ModuleDatabase<PaymentsDatabase> database) : IRequestHandler<ListStoreCredit, Outcome<Page<StoreCreditResponse>>>
{
    internal const string SelectCredit =
        """
        SELECT id AS "Id", currency AS "Currency", balance AS "Balance", expires_at AS "ExpiresAt"
        FROM payments.stored_values WHERE customer_id = @CustomerId ORDER BY currency
        """;

    public async Task<Outcome<Page<StoreCreditResponse>>> Handle(ListStoreCredit query, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<CreditRow>(new CommandDefinition(SelectCredit, new { query.CustomerId }, cancellationToken: cancellationToken));
        return new Page<StoreCreditResponse>([.. rows.Select(row => new StoreCreditResponse(row.Id, Money.Of(row.Balance, row.Currency), row.ExpiresAt))], null);
    }

    private sealed class CreditRow
    {
        public Guid Id { get; init; }

        public string Currency { get; init; } = "";

        public decimal Balance { get; init; }

        public DateTimeOffset? ExpiresAt { get; init; }
    }
}
