using Commerce.EventStore;
using Commerce.Identity.Credentials;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Identity.Slices;

// A client ends the session it holds: by its refresh token, or by the access token it calls with.

internal sealed record LogOutRequest(string? RefreshToken = null);

internal sealed record LogOut(string? RefreshToken, Guid? SessionId) : IRequest<Outcome<Done>>;

internal sealed class LogOutEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/auth/logout", (LogOutRequest? body, HttpContext context, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new LogOut(body?.RefreshToken, RequestCredentials.SessionOf(context)), Respond.NoContent<Done>(), cancellationToken))
        .AllowAnonymous()
        .AcceptsStaleCredentials()
        .WithoutIdempotencyRecord()
        .ReturnsNothing()
        .Refuses<ValidationFailed, Unauthenticated, InvalidRefreshToken, SessionNotFound, StoreOverloaded>()
        .WithSummary("End the session");
}

internal sealed class LogOutHandler(EventSession events, TokenMint mint) : IRequestHandler<LogOut, Outcome<Done>>
{
    public async Task<Outcome<Done>> Handle(LogOut command, CancellationToken cancellationToken)
    {
        var sessionId = command.SessionId;
        if (command.RefreshToken is { } token)
        {
            if (await mint.ReadAsync(token, cancellationToken) is not { } ticket)
            {
                return new InvalidRefreshToken();
            }

            sessionId = ticket.SessionId;
        }

        return sessionId is { } id
            ? await events.DecideAsync<Session, Done>(id, (session, _) => session.Apply(state => state.End(Session.LogOut)).Map(_ => default(Done)), cancellationToken)
            : new Unauthenticated();
    }
}
