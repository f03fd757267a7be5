using Commerce.Identity.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Identity.Slices;

// A client asks who it is and what it may do.

/// <summary>The caller.</summary>
/// <param name="Id">The account's or key's id; null for the key of the Host's environment.</param>
/// <param name="Kind"><c>customer</c>, <c>staff</c> or <c>apiKey</c>.</param>
/// <param name="Email">The account's address; null for callers without an account here.</param>
/// <param name="Name">The account's name.</param>
/// <param name="Roles">The roles of a member of the staff.</param>
/// <param name="Scopes">What the caller may do.</param>
internal sealed record MeResponse(Guid? Id, CallerKind Kind, string? Email, string? Name, IReadOnlyList<string> Roles, IReadOnlyList<string> Scopes);

internal sealed record GetMe(Caller Caller) : IRequest<Outcome<MeResponse>>;

internal sealed class GetMeEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/me", (Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new GetMe(dispatcher.Caller), Respond.Ok<MeResponse>(cacheControl: "no-store"), cancellationToken))
        .RequireAuthorization()
        .ReadsFrom()
        .Returns<MeResponse>()
        .Refuses<Unauthenticated>()
        .WithSummary("Who the caller is");
}

internal sealed class GetMeHandler(KnownCallers callers, People people) : IRequestHandler<GetMe, Outcome<MeResponse>>
{
    public async Task<Outcome<MeResponse>> Handle(GetMe query, CancellationToken cancellationToken)
    {
        var caller = query.Caller;
        var id = caller.Id ?? Guid.Empty;
        var account = caller.Kind == CallerKind.ApiKey ? null : await callers.AccountAsync(id, cancellationToken);
        var card = account is null ? null : (await people.CardsAsync([id], cancellationToken)).GetValueOrDefault(id);
        return new MeResponse(caller.Id, caller.Kind, card?.Email, card?.Name, account?.Roles ?? [], [.. caller.Scopes.Order(StringComparer.Ordinal)]);
    }
}
