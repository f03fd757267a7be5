using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Pricing.Slices;

// Staff stops shipping a way; orders that go it already are not touched.

internal sealed record RemoveShippingMethod(string Code, long? IfMatch) : IRequest<Outcome<Done>>;

internal sealed class RemoveShippingMethodEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/shipping-methods/{code}", (string code, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new RemoveShippingMethod(code, dispatcher.IfMatch), Respond.NoContent<Done>(), cancellationToken))
        .RequireScope(Shapes.WriteScope)
        .ReturnsNothing()
        .Refuses<RuleNotFound, StaleVersion, StoreOverloaded>()
        .WithSummary("Stop shipping this way");
}

internal sealed class RemoveShippingMethodHandler(EventSession session) : IRequestHandler<RemoveShippingMethod, Outcome<Done>>
{
    public Task<Outcome<Done>> Handle(RemoveShippingMethod command, CancellationToken cancellationToken) => session.DecideAsync<ShippingMethod, Done>(
        ShippingMethod.IdOf(command.Code),
        (stream, _) => stream.Expect(command.IfMatch).Then(expected => expected.Apply(state => state.Remove(command.Code))).Map(_ => default(Done)),
        cancellationToken);
}
