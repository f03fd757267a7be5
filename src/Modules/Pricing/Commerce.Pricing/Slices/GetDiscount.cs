using Commerce.Outcomes;
using Commerce.Pricing.ReadModels;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Pricing.Slices;

// Staff looks at a discount and at how often it was used.

internal sealed record GetDiscount(Guid Id) : IRequest<Outcome<DiscountResponse>>;

internal sealed class GetDiscountEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/discounts/{id:guid}", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new GetDiscount(id), Respond.Ok<DiscountResponse>(discount => discount.Version), cancellationToken))
        .RequireScope(Shapes.ReadScope)
        .ReadsFrom()
        .Returns<DiscountResponse>()
        .Refuses<RuleNotFound>()
        .WithSummary("A discount and its uses");
}

internal sealed class GetDiscountHandler(ModuleDatabase<PricingDatabase> database) : IRequestHandler<GetDiscount, Outcome<DiscountResponse>>
{
    public const string Select = "SELECT id, coupon, terms, is_counted, uses, ended_at, version FROM pricing.discounts WHERE id = @Id";

    public async Task<Outcome<DiscountResponse>> Handle(GetDiscount query, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<DiscountRow>(new CommandDefinition(Select, new { query.Id }, cancellationToken: cancellationToken));
        return row is null ? new RuleNotFound(query.Id.ToString()) : DiscountResponse.Of(row);
    }
}
