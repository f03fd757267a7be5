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

// An account gets another password; whoever else holds a session of it is out.

internal sealed record ChangePasswordRequest(string CurrentPassword, string NewPassword);

internal sealed record ChangePassword(Guid? AccountId, Guid? SessionId, System.Net.IPAddress? Address, string CurrentPassword, string NewPassword) : IRequest<Outcome<Done>>;

internal sealed class ChangePasswordValidator : AbstractValidator<ChangePassword>
{
    public ChangePasswordValidator()
    {
        RuleFor(command => command.CurrentPassword).NotEmpty().WithMessage("The password that holds now.");
        RuleFor(command => command.NewPassword).Password();
    }
}

internal sealed class ChangePasswordEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/me/password", (ChangePasswordRequest body, HttpContext context, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new ChangePassword(dispatcher.Caller.Id, RequestCredentials.SessionOf(context), context.Connection.RemoteIpAddress, body.CurrentPassword, body.NewPassword),
                Respond.NoContent<Done>(),
                cancellationToken))
        .RequireAuthorization()
        .WithoutIdempotencyRecord()
        .ReturnsNothing()
        .Refuses<ValidationFailed, Unauthenticated, NoAccount, InvalidCredentials, TooManyRequests, StoreOverloaded>()
        .WithSummary("Change the caller's password");
}

internal sealed class ChangePasswordHandler(EventSession events, LoginThrottle throttle, Passwords passwords, People people, OpenSessions sessions)
    : IRequestHandler<ChangePassword, Outcome<Done>>
{
    public async Task<Outcome<Done>> Handle(ChangePassword command, CancellationToken cancellationToken)
    {
        if (command.AccountId is not { } accountId || command.SessionId is null || await people.FindAsync(accountId, cancellationToken) is not { } person)
        {
            return new NoAccount();
        }

        // Guessed here as well as at the login, so slowed down here as well.
        if (await throttle.AdmitAsync(accountId.ToString(), command.Address, cancellationToken) is { } seconds)
        {
            return new TooManyRequests(seconds);
        }

        if (await passwords.VerifyAsync(person.PasswordHash, command.CurrentPassword, cancellationToken) == PasswordVerdict.Wrong)
        {
            return new InvalidCredentials();
        }

        await throttle.ForgiveAsync(accountId.ToString(), command.Address, cancellationToken);
        var hash = await passwords.HashAsync(command.NewPassword, cancellationToken);
        var others = (await sessions.OfAsync(accountId, cancellationToken)).Where(id => id != command.SessionId).ToList();
        var changed = await events.DecideAsync<Done>(
            touches =>
            {
                touches.Stream<Account>(accountId);
                others.ForEach(id => touches.Stream<Session>(id));
            },
            scope => others
                .Select(id => scope.Stream<Session>(id).Apply(session => session.End(Session.NewPassword)).Map(_ => default(Done)))
                .Append(scope.Stream<Account>(accountId).Apply(account => account.ChangePassword()).Map(_ => default(Done)))
                .Aggregate((all, one) => all.Then(_ => one)),
            cancellationToken);
        if (changed.IsSuccess)
        {
            // After the others are out: a host that dies in between leaves the old password, and its owner changes it again.
            await people.ChangePasswordAsync(accountId, hash, cancellationToken);
        }

        return changed;
    }
}
