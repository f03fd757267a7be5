using Commerce.EventStore;
using Commerce.Identity.Credentials;
using Commerce.Identity.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Identity.Slices;

// A customer opens an account and is logged in with it.

internal sealed record RegisterRequest(string Email, string Password, string? Name = null);

/// <summary>The new account, and the tokens to act as it.</summary>
internal sealed record RegisterResponse(Guid Id, string Email, string? Name, string AccessToken, int ExpiresIn, string RefreshToken, string TokenType);

internal sealed record Register(string Email, string Password, string? Name, Device Device) : IRequest<Outcome<RegisterResponse>>;

internal sealed class RegisterValidator : AbstractValidator<Register>
{
    public RegisterValidator()
    {
        RuleFor(command => command.Email).Email();
        RuleFor(command => command.Password).Password();
        RuleFor(command => command.Name).PersonName();
    }
}

internal sealed class RegisterEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/auth/register", (RegisterRequest body, HttpContext context, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new Register(body.Email, body.Password, body.Name, RequestCredentials.DeviceOf(context)),
                Respond.Created<RegisterResponse>(_ => "/api/v1/me"),
                cancellationToken))
        .AllowAnonymous()
        .AcceptsStaleCredentials()
        .WithoutIdempotencyRecord()
        .Returns<RegisterResponse>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, EmailTaken, StoreOverloaded>()
        .WithSummary("Open a customer account");
}

internal sealed class RegisterHandler(EventSession events, CallContext call, IdentitySecrets secrets, Passwords passwords, People people, Devices devices, TokenMint mint)
    : IRequestHandler<Register, Outcome<RegisterResponse>>
{
    public async Task<Outcome<RegisterResponse>> Handle(Register command, CancellationToken cancellationToken)
    {
        var (accountId, sessionId) = (Identifiers.Next(), Identifiers.Next());
        var email = EmailAddress.Normalize(command.Email);
        var claimId = (await secrets.GetAsync(cancellationToken)).ClaimOf(email);
        await people.WriteAsync(accountId, email, command.Name, await passwords.HashAsync(command.Password, cancellationToken), cancellationToken);
        await devices.WriteAsync(sessionId, command.Device, cancellationToken);
        call.Actor = $"user:{accountId}";
        var registered = await events.DecideAsync<Account>(
            touches => touches.Stream<EmailClaim>(claimId).Stream<Account>(accountId).Stream<Session>(sessionId),
            scope => scope.Stream<EmailClaim>(claimId).Apply(claim => claim.Claim(accountId))
                .Then(_ => scope.Stream<Session>(sessionId).Apply(session => session.Start(accountId)))
                .Then(_ => scope.Stream<Account>(accountId).Apply(account => account.Register())),
            cancellationToken);
        if (!registered.IsSuccess)
        {
            await people.ForgetAsync(accountId);
            return registered.Refusal;
        }

        var tokens = await mint.MintAsync(accountId, sessionId, 1, cancellationToken);
        return new RegisterResponse(accountId, email, command.Name, tokens.AccessToken, tokens.ExpiresIn, tokens.RefreshToken, tokens.TokenType);
    }
}
