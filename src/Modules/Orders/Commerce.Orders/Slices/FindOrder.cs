using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// Somebody reads a number out on the telephone: staff types it as it sounds and has the order, or learns that it was misheard.

internal sealed record FindOrder(string Number) : IRequest<Outcome<CacheEntry>>;

internal sealed class FindOrderValidator : AbstractValidator<FindOrder>
{
    public FindOrderValidator() => RuleFor(query => query.Number).Must(number => OrderNumber.Normalize(number) is not null)
        .WithMessage("Twelve letters and digits such as 7K3M-9QX2-V4TA; case, spaces and hyphens do not count.");
}

internal sealed class FindOrderEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/orders/numbers/{number}", (string number, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new FindOrder(number), Respond.Cached(Respond.Private), cancellationToken))
        .RequireScope(Ownership.ReadScope)
        .ReadsFrom()
        .Returns<OrderResponse>()
        .Refuses<ValidationFailed, OrderNotFound, OrderNumberMisread>()
        .WithSummary("Find an order by the number that somebody reads out");
}

internal sealed class FindOrderHandler(ModuleDatabase<OrdersDatabase> database) : IRequestHandler<FindOrder, Outcome<CacheEntry>>
{
    public const string SelectOrder = "SELECT version, document FROM orders.orders WHERE number = @Number";

    public async Task<Outcome<CacheEntry>> Handle(FindOrder query, CancellationToken cancellationToken)
    {
        var number = OrderNumber.Normalize(query.Number)!;
        await using var connection = await database.OpenAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<OrderRow>(new CommandDefinition(SelectOrder, new { Number = number }, cancellationToken: cancellationToken));
        return row is not null ? OrderDocuments.Entry(row.Document, row.Version)
            : OrderNumber.IsSound(number) ? new OrderNotFound()
            : new OrderNumberMisread();
    }

    private sealed class OrderRow
    {
        public long Version { get; init; }

        public byte[] Document { get; init; } = [];
    }
}

/// <summary>The check of the number does not fit, so it is nobody's: a symbol is wrong, or two changed places.</summary>
[Problem(404, "order-number-misread", "The number was misread")]
internal sealed record OrderNumberMisread() : Refusal("This cannot be the number of an order: a symbol is wrong, or two changed places. Ask for it again.");
