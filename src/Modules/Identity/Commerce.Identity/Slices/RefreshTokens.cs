using Commerce.EventStore;
using Commerce.Identity.Credentials;
using Commerce.Identity.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Identity.Slices;

// A client changes its refresh token for the next pair. One that was changed before ends the session: two hands hold it.

internal sealed record RefreshTokensRequest(string RefreshToken);

internal sealed record RefreshTokens(string RefreshToken) : IRequest<Outcome<TokenResponse>>;

internal sealed class RefreshTokensEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/auth/refresh", (RefreshTokensRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new RefreshTokens(body.RefreshToken), Respond.Ok<TokenResponse>(cacheControl: "no-store"), cancellationToken))
        .AllowAnonymous()
        .AcceptsStaleCredentials()
        .WithoutIdempotencyRecord()
        .Returns<TokenResponse>()
        .Refuses<ValidationFailed, InvalidRefreshToken, StoreOverloaded>()
        .WithSummary("Change a refresh token for the next tokens");
}

internal sealed class RefreshTokensHandler(EventSession events, CallContext call, TokenMint mint, KnownCallers callers) : IRequestHandler<RefreshTokens, Outcome<TokenResponse>>
{
    public async Task<Outcome<TokenResponse>> Handle(RefreshTokens command, CancellationToken cancellationToken)
    {
        if (await mint.ReadAsync(command.RefreshToken, cancellationToken) is not { } ticket
            || await callers.SessionAsync(ticket.SessionId, cancellationToken) is not { AccountId: var accountId })
        {
            return new InvalidRefreshToken();
        }

        call.Actor = $"user:{accountId}";
        var refreshed = await events.DecideAsync<Session>(
            touches => touches.Stream<Account>(accountId).Stream<Session>(ticket.SessionId),
            scope => scope.Stream<Account>(accountId).State.IsUsable
                ? scope.Stream<Session>(ticket.SessionId).Apply(session => session.Refresh(ticket.Generation))
                : new InvalidRefreshToken(),
            cancellationToken);

        // A reuse is no refused decision: that the session ended is to be kept.
        return !refreshed.IsSuccess ? refreshed.Refusal
            : refreshed.Value.IsOpen ? await mint.MintAsync(accountId, ticket.SessionId, refreshed.Value.Generation, cancellationToken)
            : new InvalidRefreshToken();
    }
}
