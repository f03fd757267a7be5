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

// Staff sees the tax classes. A shop has few, so there are no pages.

internal sealed record ListTaxClasses : IRequest<Outcome<Page<TaxClassResponse>>>;

internal sealed class ListTaxClassesEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/tax-classes", (Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(new ListTaxClasses(), Respond.Ok<Page<TaxClassResponse>>(), cancellationToken))
        .RequireScope(Shapes.ReadScope)
        .ReadsFrom()
        .Returns<Page<TaxClassResponse>>()
        .WithSummary("List the tax classes");
}

internal sealed class ListTaxClassesHandler(ModuleDatabase<PricingDatabase> database) : IRequestHandler<ListTaxClasses, Outcome<Page<TaxClassResponse>>>
{
    public const string Select = "SELECT code, document, version FROM pricing.tax_classes WHERE document IS NOT NULL ORDER BY code";

    public async Task<Outcome<Page<TaxClassResponse>>> Handle(ListTaxClasses query, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<RuleRow>(new CommandDefinition(Select, cancellationToken: cancellationToken));
        return new Page<TaxClassResponse>([.. rows.Select(row => TaxClassResponse.Of(JsonSerializer.Deserialize(row.Document!, PricingJson.Default.TaxClassSet)!, row.Version))], null);
    }
}
