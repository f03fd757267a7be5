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

// A customer or a member of the staff proves who they are and begins a session.

internal sealed record LogInRequest(string Email, string Password);

internal sealed record LogIn(string Email, string Password, System.Net.IPAddress? Address, Device Device) : IRequest<Outcome<TokenResponse>>;

internal sealed class LogInValidator : AbstractValidator<LogIn>
{
    private const int LongestPassword = 256;

    public LogInValidator()
    {
        RuleFor(command => command.Email).Email();
        RuleFor(command => command.Password).Length(1, LongestPassword).WithMessage($"1 to {LongestPassword} characters.");
    }
}

internal sealed class LogInEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/auth/login", (LogInRequest body, HttpContext context, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new LogIn(body.Email, body.Password, context.Connection.RemoteIpAddress, RequestCredentials.DeviceOf(context)),
                Respond.Ok<TokenResponse>(cacheControl: "no-store"),
                cancellationToken))
        .AllowAnonymous()
        .AcceptsStaleCredentials()
        .WithoutIdempotencyRecord()
        .Returns<TokenResponse>()
        .Refuses<ValidationFailed, InvalidCredentials, TooManyRequests, StoreOverloaded>()
        .WithSummary("Log in");
}

internal sealed class LogInHandler(EventSession events, CallContext call, LoginThrottle throttle, Passwords passwords, People people, Devices devices, TokenMint mint)
    : IRequestHandler<LogIn, Outcome<TokenResponse>>
{
    public async Task<Outcome<TokenResponse>> Handle(LogIn command, CancellationToken cancellationToken)
    {
        var email = EmailAddress.Normalize(command.Email);
        if (await throttle.AdmitAsync(email, command.Address, cancellationToken) is { } seconds)
        {
            return new TooManyRequests(seconds);
        }

        var person = await people.FindAsync(email, cancellationToken);
        var verdict = await passwords.VerifyAsync(person?.PasswordHash, command.Password, cancellationToken);
        if (person is null || verdict == PasswordVerdict.Wrong)
        {
            return new InvalidCredentials();
        }

        await throttle.ForgiveAsync(email, command.Address, cancellationToken);
        if (verdict == PasswordVerdict.RightUnderAnOldHash)
        {
            await people.ChangePasswordAsync(person.AccountId, await passwords.HashAsync(command.Password, cancellationToken), cancellationToken);
        }

        var sessionId = Identifiers.Next();
        await devices.WriteAsync(sessionId, command.Device, cancellationToken);
        call.Actor = $"user:{person.AccountId}";
        var begun = await events.DecideAsync<Session>(
            touches => touches.Stream<Account>(person.AccountId).Stream<Session>(sessionId),
            scope => scope.Stream<Account>(person.AccountId).State.IsUsable
                ? scope.Stream<Session>(sessionId).Apply(session => session.Start(person.AccountId))
                : new InvalidCredentials(),
            cancellationToken);
        return begun.IsSuccess ? await mint.MintAsync(person.AccountId, sessionId, 1, cancellationToken) : begun.Refusal;
    }
}
