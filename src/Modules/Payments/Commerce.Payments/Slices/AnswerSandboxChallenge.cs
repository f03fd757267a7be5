using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Payments.Sandbox;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Payments.Slices;

// The sandbox's bank asks the shopper: confirm or refuse. It stands in for the page that a real bank shows.

/// <summary>What the shopper did at the bank.</summary>
/// <param name="Outcome"><c>confirm</c> or <c>refuse</c>.</param>
internal sealed record AnswerChallengeRequest(string Outcome);

/// <summary>Where the bank sends the shopper.</summary>
/// <param name="Status">Where the payment stands at the bank.</param>
/// <param name="ReturnUrl">The way back to the shop.</param>
internal sealed record ChallengeResponse(string Status, string ReturnUrl);

internal sealed record AnswerSandboxChallenge(string Id, string Outcome) : IRequest<Outcome<ChallengeResponse>>;

internal sealed class AnswerSandboxChallengeValidator : AbstractValidator<AnswerSandboxChallenge>
{
    public AnswerSandboxChallengeValidator() => RuleFor(command => command.Outcome).Must(outcome => outcome is "confirm" or "refuse").WithMessage("confirm or refuse.");
}

internal sealed class AnswerSandboxChallengeEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/payments/sandbox/challenges/{id}", (string id, AnswerChallengeRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new AnswerSandboxChallenge(id, body.Outcome), Respond.Ok<ChallengeResponse>(), cancellationToken))
        .AllowAnonymous()
        .Returns<ChallengeResponse>()
        .Refuses<ValidationFailed, ChallengeNotFound, IdempotencyKeyReused>()
        .WithSummary("Confirm or refuse at the sandbox's bank");
}

internal sealed class AnswerSandboxChallengeHandler(SandboxBank bank, PaymentsOptions options) : IRequestHandler<AnswerSandboxChallenge, Outcome<ChallengeResponse>>
{
    public async Task<Outcome<ChallengeResponse>> Handle(AnswerSandboxChallenge command, CancellationToken cancellationToken) =>
        options.Sandbox.Enabled && await bank.ChallengedAsync(command.Id, command.Outcome == "confirm", cancellationToken) is { } authorization
            ? new ChallengeResponse(authorization.Status, authorization.ReturnUrl)
            : new ChallengeNotFound();
}
