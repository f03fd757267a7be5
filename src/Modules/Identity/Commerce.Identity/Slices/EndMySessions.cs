using Commerce.EventStore;
using Commerce.Identity.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Identity.Slices;

// An owner logs out everywhere, this session included.

internal sealed record EndMySessions(Guid? AccountId) : IRequest<Outcome<Done>>;

internal sealed class EndMySessionsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/me/sessions", (Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new EndMySessions(dispatcher.Caller.Id), Respond.NoContent<Done>(), cancellationToken))
        .RequireAuthorization()
        .ReturnsNothing()
        .Refuses<Unauthenticated, StoreOverloaded>()
        .WithSummary("End all sessions of the caller");
}

internal sealed class EndMySessionsHandler(EventSession events, OpenSessions sessions) : IRequestHandler<EndMySessions, Outcome<Done>>
{
    public async Task<Outcome<Done>> Handle(EndMySessions command, CancellationToken cancellationToken)
    {
        var open = await sessions.OfAsync(command.AccountId ?? Guid.Empty, cancellationToken);
        return await events.DecideAsync<Done>(
            touches => open.ForEach(id => touches.Stream<Session>(id)),
            scope => open
                .Select(id => scope.Stream<Session>(id).Apply(session => session.End(Session.Revoked)).Map(_ => default(Done)))
                .Aggregate((Outcome<Done>)default(Done), (all, one) => all.Then(_ => one)),
            cancellationToken);
    }
}
