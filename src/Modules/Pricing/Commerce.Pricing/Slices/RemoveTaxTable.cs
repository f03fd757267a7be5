using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Pricing.Slices;

// Staff stops asking for the tax of a country.

internal sealed record RemoveTaxTable(string Country, long? IfMatch) : IRequest<Outcome<Done>>;

internal sealed class RemoveTaxTableEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/tax-tables/{country}", (string country, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new RemoveTaxTable(country, dispatcher.IfMatch), Respond.NoContent<Done>(), cancellationToken))
        .RequireScope(Shapes.WriteScope)
        .ReturnsNothing()
        .Refuses<RuleNotFound, StaleVersion, StoreOverloaded>()
        .WithSummary("Stop asking for the tax of a country");
}

internal sealed class RemoveTaxTableHandler(EventSession session) : IRequestHandler<RemoveTaxTable, Outcome<Done>>
{
    public Task<Outcome<Done>> Handle(RemoveTaxTable command, CancellationToken cancellationToken) => session.DecideAsync<TaxTable, Done>(
        TaxTable.IdOf(command.Country),
        (stream, _) => stream.Expect(command.IfMatch).Then(expected => expected.Apply(state => state.Remove(command.Country))).Map(_ => default(Done)),
        cancellationToken);
}
