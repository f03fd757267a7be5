using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Pricing.Slices;

// Staff takes a customer out of the group.

internal sealed record RemoveCustomerGroup(Guid CustomerId, long? IfMatch) : IRequest<Outcome<Done>>;

internal sealed class RemoveCustomerGroupEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/customers/{customerId:guid}/group", (Guid customerId, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new RemoveCustomerGroup(customerId, dispatcher.IfMatch), Respond.NoContent<Done>(), cancellationToken))
        .RequireScope(Shapes.WriteScope)
        .ReturnsNothing()
        .Refuses<RuleNotFound, StaleVersion, StoreOverloaded>()
        .WithSummary("Take a customer out of the group");
}

internal sealed class RemoveCustomerGroupHandler(EventSession session) : IRequestHandler<RemoveCustomerGroup, Outcome<Done>>
{
    public Task<Outcome<Done>> Handle(RemoveCustomerGroup command, CancellationToken cancellationToken) => session.DecideAsync<CustomerGroup, Done>(
        CustomerGroup.IdOf(command.CustomerId),
        (stream, _) => stream.Expect(command.IfMatch).Then(expected => expected.Apply(state => state.Leave(command.CustomerId))).Map(_ => default(Done)),
        cancellationToken);
}
