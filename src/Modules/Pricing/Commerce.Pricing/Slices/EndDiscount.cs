using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Pricing.Slices;

// Staff ends a discount: nobody gets it any more, and its code stays taken.

internal sealed record EndDiscount(Guid Id, long? IfMatch) : IRequest<Outcome<Done>>;

internal sealed class EndDiscountEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/discounts/{id:guid}", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new EndDiscount(id, dispatcher.IfMatch), Respond.NoContent<Done>(), cancellationToken))
        .RequireScope(Shapes.WriteScope)
        .ReturnsNothing()
        .Refuses<RuleNotFound, StaleVersion, StoreOverloaded>()
        .WithSummary("End a discount");
}

internal sealed class EndDiscountHandler(EventSession session) : IRequestHandler<EndDiscount, Outcome<Done>>
{
    public Task<Outcome<Done>> Handle(EndDiscount command, CancellationToken cancellationToken) => session.DecideAsync<Discount, Done>(
        command.Id,
        (discount, scope) => discount.Expect(command.IfMatch).Then(stream => stream.Apply(state => state.End(scope.Now))).Map(_ => default(Done)),
        cancellationToken);
}
