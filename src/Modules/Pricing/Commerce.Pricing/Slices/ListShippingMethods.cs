using System.Text.Json;
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

// Staff sees the ways of shipping in the order of the shop. A shop has few, so there are no pages.

internal sealed record ListShippingMethods : IRequest<Outcome<Page<ShippingMethodResponse>>>;

internal sealed class ListShippingMethodsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/shipping-methods", (Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(new ListShippingMethods(), Respond.Ok<Page<ShippingMethodResponse>>(), cancellationToken))
        .RequireScope(Shapes.ReadScope)
        .ReadsFrom()
        .Returns<Page<ShippingMethodResponse>>()
        .WithSummary("List the ways of shipping");
}

internal sealed class ListShippingMethodsHandler(ModuleDatabase<PricingDatabase> database) : IRequestHandler<ListShippingMethods, Outcome<Page<ShippingMethodResponse>>>
{
    public const string Select = "SELECT code, document, version FROM pricing.shipping_methods";

    public async Task<Outcome<Page<ShippingMethodResponse>>> Handle(ListShippingMethods query, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = (await connection.QueryAsync<RuleRow>(new CommandDefinition(Select, cancellationToken: cancellationToken))).ToList();
        var known = rows.Select(row => row.Code).ToHashSet(StringComparer.Ordinal);
        return new Page<ShippingMethodResponse>(
            [
                .. rows.Where(row => row.Document is not null).Select(row => ShippingMethodResponse.Of(JsonSerializer.Deserialize(row.Document!, PricingJson.Default.ShippingMethodSet)!, row.Version))
                    .Concat(BuiltIn.ShippingMethods.Where(method => !known.Contains(method.Code)).Select(method => ShippingMethodResponse.Of(method, 0)))
                    .OrderBy(method => method.Position).ThenBy(method => method.Code, StringComparer.Ordinal),
            ],
            null);
    }
}
