using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// A warehouse serves in another turn, has another name, or turns out to be somewhere: which of them sends an order off changes with it.

/// <summary>The location as it shall be; everything is replaced.</summary>
/// <param name="Name">Its name for people.</param>
/// <param name="Priority">The lowest number serves orders first.</param>
/// <param name="Country">ISO 3166-1 alpha-2 of where it is, or null.</param>
/// <param name="Region">State or province, or null.</param>
internal sealed record ReviseLocationRequest(string Name, int Priority, string? Country = null, string? Region = null);

/// <summary>The location as it is now.</summary>
internal sealed record RevisedLocationResponse(string Code, string Name, int Priority, string? Country, string? Region, long Version);

internal sealed record ReviseLocation(string Code, ReviseLocationRequest Body, long? ExpectedVersion) : IRequest<Outcome<RevisedLocationResponse>>;

internal sealed class ReviseLocationValidator : AbstractValidator<ReviseLocation>
{
    public ReviseLocationValidator()
    {
        RuleFor(command => command.Body.Name).Must(name => name is { Length: >= 1 and <= 200 }).WithMessage("1 to 200 characters.");
        RuleFor(command => command.Body.Priority).InclusiveBetween(0, 10_000);
        RuleFor(command => command.Body.Country).CountryCode();
        RuleFor(command => command.Body.Region).Note();
    }
}

internal sealed class ReviseLocationEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/inventory/locations/{code}", (string code, ReviseLocationRequest body, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(new ReviseLocation(code, body, dispatcher.IfMatch), Respond.Ok<RevisedLocationResponse>(location => location.Version), ct))
        .RequireScope("inventory:write")
        .Returns<RevisedLocationResponse>()
        .Refuses<ValidationFailed, LocationNotFound, StaleVersion, StoreOverloaded>()
        .WithSummary("Change a location's name, turn or place");
}

internal sealed class ReviseLocationHandler(EventSession session) : IRequestHandler<ReviseLocation, Outcome<RevisedLocationResponse>>
{
    public Task<Outcome<RevisedLocationResponse>> Handle(ReviseLocation command, CancellationToken cancellationToken) =>
        session.DecideAsync<Location, RevisedLocationResponse>(
            Location.IdOf(command.Code),
            (stream, _) => stream.Expect(command.ExpectedVersion)
                .Then(expected => expected.Apply(location => location.Revise(
                    new LocationRevised(command.Code, command.Body.Name, command.Body.Priority, command.Body.Country, command.Body.Region))))
                .Map(_ => new RevisedLocationResponse(
                    command.Code, command.Body.Name, command.Body.Priority, command.Body.Country, command.Body.Region, stream.Version)),
            cancellationToken);
}
