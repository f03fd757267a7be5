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

// Staff sees what is asked for where. A shop has few tables, so there are no pages.

internal sealed record ListTaxTables : IRequest<Outcome<Page<TaxTableResponse>>>;

internal sealed class ListTaxTablesEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/tax-tables", (Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(new ListTaxTables(), Respond.Ok<Page<TaxTableResponse>>(), cancellationToken))
        .RequireScope(Shapes.ReadScope)
        .ReadsFrom()
        .Returns<Page<TaxTableResponse>>()
        .WithSummary("List the taxes by country");
}

internal sealed class ListTaxTablesHandler(ModuleDatabase<PricingDatabase> database) : IRequestHandler<ListTaxTables, Outcome<Page<TaxTableResponse>>>
{
    public const string Select = "SELECT code, document, version FROM pricing.tax_tables WHERE document IS NOT NULL ORDER BY code";

    public async Task<Outcome<Page<TaxTableResponse>>> Handle(ListTaxTables query, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<RuleRow>(new CommandDefinition(Select, cancellationToken: cancellationToken));
        return new Page<TaxTableResponse>([.. rows.Select(row => TaxTableResponse.Of(JsonSerializer.Deserialize(row.Document!, PricingJson.Default.TaxTableSet)!, row.Version))], null);
    }
}
