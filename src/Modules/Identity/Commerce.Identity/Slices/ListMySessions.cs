using Commerce.Identity.Credentials;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Commerce.Identity.Slices;

// An owner looks where their account is logged in.

/// <summary>A session of the caller.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Current">Whether this call comes from it.</param>
/// <param name="StartedAt">When the login was.</param>
/// <param name="LastUsedAt">When its tokens were refreshed last.</param>
/// <param name="Address">The network address of the login.</param>
/// <param name="UserAgent">What the client called itself.</param>
internal sealed record MySessionResponse(Guid Id, bool Current, DateTimeOffset StartedAt, DateTimeOffset LastUsedAt, string? Address, string? UserAgent);

internal sealed record ListMySessions(Guid? AccountId, Guid? SessionId, PageLimit Limit, string? Cursor) : IRequest<Outcome<Page<MySessionResponse>>>;

internal sealed class ListMySessionsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/me/sessions", (PageLimit limit, string? cursor, HttpContext context, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new ListMySessions(dispatcher.Caller.Id, RequestCredentials.SessionOf(context), limit, cursor),
                Respond.Ok<Page<MySessionResponse>>(cacheControl: "no-store"),
                cancellationToken))
        .RequireAuthorization()
        .ReadsFrom()
        .Returns<Page<MySessionResponse>>()
        .Refuses<ValidationFailed, Unauthenticated>()
        .WithSummary("Where the caller is logged in");
}

internal sealed class ListMySessionsHandler(ModuleDatabase<Account> database, IOptions<IdentityOptions> options, TimeProvider time)
    : IRequestHandler<ListMySessions, Outcome<Page<MySessionResponse>>>
{
    internal const string Select =
        """
        SELECT s.id, s.id = @sessionId AS current, s.started_at, s.refreshed_at AS last_used_at, d.address, d.user_agent
          FROM identity.sessions s LEFT JOIN identity.devices d ON d.session_id = s.id
         WHERE s.account_id = @accountId AND s.ended_at IS NULL AND s.refreshed_at > @idleSince AND (s.started_at, s.id) < (@beforeTime, @beforeId)
         ORDER BY s.started_at DESC, s.id DESC
         LIMIT @take
        """;

    public async Task<Outcome<Page<MySessionResponse>>> Handle(ListMySessions query, CancellationToken cancellationToken)
    {
        var (beforeTime, beforeId) = (DateTimeOffset.MaxValue, Guid.AllBitsSet);
        if (query.Cursor is not null && !Cursor.TryDecode(query.Cursor, out beforeTime, out beforeId))
        {
            return Cursor.Malformed;
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var sessions = await connection.QueryAsync<MySessionResponse>(new CommandDefinition(
            Select,
            new
            {
                sessionId = query.SessionId ?? Guid.Empty,
                accountId = query.AccountId ?? Guid.Empty,
                idleSince = (time.GetUtcNow() - options.Value.SessionIdleLifetime).UtcDateTime,
                beforeTime = beforeTime.UtcDateTime,
                beforeId,
                take = query.Limit.PlusOne,
            },
            cancellationToken: cancellationToken));
        return Page<MySessionResponse>.Cut([.. sessions], query.Limit, session => Cursor.Encode(session.StartedAt, session.Id));
    }
}
