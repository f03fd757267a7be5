using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Pricing.ReadModels;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Pricing.Slices;

// Staff puts a customer into a group: its prices and discounts are the customer's from then on.

/// <summary>The group.</summary>
/// <param name="Group">Letters, digits, dashes and underscores, such as <c>wholesale</c>.</param>
internal sealed record SetCustomerGroupRequest(string Group);

internal sealed record SetCustomerGroup(Guid CustomerId, string Group, long? IfMatch) : IRequest<Outcome<CustomerGroupResponse>>;

internal sealed class SetCustomerGroupValidator : AbstractValidator<SetCustomerGroup>
{
    public SetCustomerGroupValidator() => RuleFor(command => command.Group).Must(Shapes.IsCode).WithMessage("1 to 64 letters, digits, dashes and underscores.");
}

internal sealed class SetCustomerGroupEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/customers/{customerId:guid}/group", (Guid customerId, SetCustomerGroupRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new SetCustomerGroup(customerId, body.Group, dispatcher.IfMatch), Respond.Ok<CustomerGroupResponse>(group => group.Version), cancellationToken))
        .RequireScope(Shapes.WriteScope)
        .Returns<CustomerGroupResponse>()
        .Refuses<ValidationFailed, StaleVersion, StoreOverloaded>()
        .WithSummary("Put a customer into a group");
}

internal sealed class SetCustomerGroupHandler(EventSession session) : IRequestHandler<SetCustomerGroup, Outcome<CustomerGroupResponse>>
{
    public Task<Outcome<CustomerGroupResponse>> Handle(SetCustomerGroup command, CancellationToken cancellationToken) => session.DecideAsync<CustomerGroup, CustomerGroupResponse>(
        CustomerGroup.IdOf(command.CustomerId),
        (group, _) => group.Expect(command.IfMatch).Then(stream => stream.Apply(state => state.Join(command.CustomerId, command.Group)))
            .Map(_ => new CustomerGroupResponse(command.CustomerId, command.Group, group.Version)),
        cancellationToken);
}
