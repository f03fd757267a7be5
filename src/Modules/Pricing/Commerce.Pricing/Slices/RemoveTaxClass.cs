using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Pricing.Slices;

// Staff takes the categories out of a tax class; products that name the class keep it.

internal sealed record RemoveTaxClass(string Code, long? IfMatch) : IRequest<Outcome<Done>>;

internal sealed class RemoveTaxClassEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/tax-classes/{code}", (string code, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new RemoveTaxClass(code, dispatcher.IfMatch), Respond.NoContent<Done>(), cancellationToken))
        .RequireScope(Shapes.WriteScope)
        .ReturnsNothing()
        .Refuses<RuleNotFound, StaleVersion, StoreOverloaded>()
        .WithSummary("Take the categories out of a tax class");
}

internal sealed class RemoveTaxClassHandler(EventSession session) : IRequestHandler<RemoveTaxClass, Outcome<Done>>
{
    public Task<Outcome<Done>> Handle(RemoveTaxClass command, CancellationToken cancellationToken) => session.DecideAsync<TaxClass, Done>(
        TaxClass.IdOf(command.Code),
        (stream, _) => stream.Expect(command.IfMatch).Then(expected => expected.Apply(state => state.Remove(command.Code))).Map(_ => default(Done)),
        cancellationToken);
}
