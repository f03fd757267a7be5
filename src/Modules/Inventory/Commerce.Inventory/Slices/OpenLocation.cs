using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// The shop gets another warehouse or store room.

/// <summary>A place that holds stock.</summary>
/// <param name="Code">Lower-case letters, digits and dashes; what other calls name it by.</param>
/// <param name="Name">Its name for people; the code when there is none.</param>
/// <param name="Priority">The lowest number serves orders first; <c>main</c> has 0.</param>
/// <param name="Country">ISO 3166-1 alpha-2 of where it is, for a rule that serves from nearby.</param>
/// <param name="Region">State or province.</param>
internal sealed record OpenLocationRequest(string Code, string? Name = null, int Priority = 100, string? Country = null, string? Region = null);

/// <summary>The location.</summary>
internal sealed record OpenedLocationResponse(string Code, string Name, int Priority, string? Country = null, string? Region = null);

internal sealed record OpenLocation(string Code, string Name, int Priority, string? Country, string? Region) : IRequest<Outcome<OpenedLocationResponse>>;

internal sealed class OpenLocationValidator : AbstractValidator<OpenLocation>
{
    public OpenLocationValidator()
    {
        RuleFor(command => command.Code)
            .Must(code => code is { Length: >= 1 and <= 64 } && code.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            .WithMessage("1 to 64 lower-case letters, digits and dashes.");
        RuleFor(command => command.Name).Length(1, 200);
        RuleFor(command => command.Priority).InclusiveBetween(0, 10_000);
        RuleFor(command => command.Country).CountryCode();
        RuleFor(command => command.Region).Note();
    }
}

internal sealed class OpenLocationEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/inventory/locations", (OpenLocationRequest body, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(
                new OpenLocation(body.Code, body.Name ?? body.Code, body.Priority, body.Country, body.Region),
                Respond.Created<OpenedLocationResponse>(_ => "/api/v1/inventory/locations"),
                ct))
        .RequireScope("inventory:write")
        .Returns<OpenedLocationResponse>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, LocationExists, StoreOverloaded, IdempotencyKeyReused>()
        .WithSummary("Open a location");
}

internal sealed class OpenLocationHandler(EventSession session) : IRequestHandler<OpenLocation, Outcome<OpenedLocationResponse>>
{
    public Task<Outcome<OpenedLocationResponse>> Handle(OpenLocation command, CancellationToken cancellationToken) =>
        session.DecideAsync<Location, OpenedLocationResponse>(
            Location.IdOf(command.Code),
            (stream, _) => stream
                .Apply(location => location.Open(new LocationOpened(command.Code, command.Name, command.Priority, command.Country, command.Region)))
                .Map(_ => new OpenedLocationResponse(command.Code, command.Name, command.Priority, command.Country, command.Region)),
            cancellationToken);
}
