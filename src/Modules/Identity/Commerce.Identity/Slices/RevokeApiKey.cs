using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Identity.Slices;

// An administrator revokes a key; it opens nothing from the next request on.

internal sealed record RevokeApiKey(Guid Id) : IRequest<Outcome<Done>>;

internal sealed class RevokeApiKeyEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/api-keys/{id:guid}", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new RevokeApiKey(id), Respond.NoContent<Done>(), cancellationToken))
        .RequireScope(Scopes.IdentityAdmin)
        .ReturnsNothing()
        .Refuses<ApiKeyNotFound, StoreOverloaded>()
        .WithSummary("Revoke an API key");
}

internal sealed class RevokeApiKeyHandler(EventSession events) : IRequestHandler<RevokeApiKey, Outcome<Done>>
{
    public Task<Outcome<Done>> Handle(RevokeApiKey command, CancellationToken cancellationToken) =>
        events.DecideAsync<ApiKey, Done>(command.Id, (key, _) => key.Apply(state => state.Revoke()).Map(_ => default(Done)), cancellationToken);
}
