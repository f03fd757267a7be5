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

// Staff walks through the discounts, or finds one by its coupon.

internal sealed record ListDiscounts(string? Coupon, PageLimit Limit, string? Cursor) : IRequest<Outcome<Page<DiscountResponse>>>;

internal sealed class ListDiscountsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/discounts", (string? coupon, PageLimit limit, string? cursor, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ListDiscounts(coupon, limit, cursor), Respond.Ok<Page<DiscountResponse>>(), cancellationToken))
        .RequireScope(Shapes.ReadScope)
        .ReadsFrom()
        .Returns<Page<DiscountResponse>>()
        .Refuses<ValidationFailed>()
        .WithSummary("List the discounts");
}

internal sealed class ListDiscountsHandler(ModuleDatabase<PricingDatabase> database) : IRequestHandler<ListDiscounts, Outcome<Page<DiscountResponse>>>
{
    public const string Select =
        """
        SELECT id, coupon, terms, is_counted, uses, ended_at, version
          FROM pricing.discounts
         WHERE id > @After AND (@Coupon::text IS NULL OR coupon = @Coupon)
         ORDER BY id
         LIMIT @Take
        """;

    public async Task<Outcome<Page<DiscountResponse>>> Handle(ListDiscounts query, CancellationToken cancellationToken)
    {
        var after = Guid.Empty;
        if (query.Cursor is not null && !Cursor.TryDecode(query.Cursor, out after))
        {
            return Cursor.Malformed;
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<DiscountRow>(new CommandDefinition(
            Select, new { After = after, Coupon = query.Coupon is null ? null : Discount.CodeOf(query.Coupon), Take = query.Limit.PlusOne }, cancellationToken: cancellationToken));
        return Page<DiscountResponse>.Cut([.. rows.Select(DiscountResponse.Of)], query.Limit, discount => Cursor.Encode(discount.Id));
    }
}
