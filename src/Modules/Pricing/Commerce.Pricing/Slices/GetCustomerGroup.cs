using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Pricing.ReadModels;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Pricing.Slices;

// Staff looks up which group a customer is in.

internal sealed record GetCustomerGroup(Guid CustomerId) : IRequest<Outcome<CustomerGroupResponse>>;

internal sealed class GetCustomerGroupEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/customers/{customerId:guid}/group", (Guid customerId, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new GetCustomerGroup(customerId), Respond.Ok<CustomerGroupResponse>(group => group.Version), cancellationToken))
        .RequireScope(Shapes.ReadScope)
        .ReadsFrom()
        .Returns<CustomerGroupResponse>()
        .Refuses<RuleNotFound>()
        .WithSummary("The group of a customer");
}

internal sealed class GetCustomerGroupHandler(IEventStore store) : IRequestHandler<GetCustomerGroup, Outcome<CustomerGroupResponse>>
{
    public async Task<Outcome<CustomerGroupResponse>> Handle(GetCustomerGroup query, CancellationToken cancellationToken)
    {
        var (state, version) = await store.LoadAsync<CustomerGroup>(CustomerGroup.IdOf(query.CustomerId), null, null, cancellationToken);
        return state.Group is { } group ? new CustomerGroupResponse(query.CustomerId, group, version) : new RuleNotFound(query.CustomerId.ToString());
    }
}
