using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Identity.Slices;

// An owner ends one session of theirs, the phone that was lost.

internal sealed record EndMySession(Guid? AccountId, Guid SessionId) : IRequest<Outcome<Done>>;

internal sealed class EndMySessionEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/me/sessions/{id:guid}", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new EndMySession(dispatcher.Caller.Id, id), Respond.NoContent<Done>(), cancellationToken))
        .RequireAuthorization()
        .ReturnsNothing()
        .Refuses<Unauthenticated, SessionNotFound, StoreOverloaded>()
        .WithSummary("End a session of the caller");
}

internal sealed class EndMySessionHandler(EventSession events) : IRequestHandler<EndMySession, Outcome<Done>>
{
    public Task<Outcome<Done>> Handle(EndMySession command, CancellationToken cancellationToken) => events.DecideAsync<Session, Done>(
        command.SessionId,
        (session, _) => session.Apply(state => state.EndBy(command.AccountId)).Map(_ => default(Done)),
        cancellationToken);
}
