using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Identity.Slices;

// An administrator looks through the keys, newest first, without their secrets.

internal sealed record ApiKeyResponse(Guid Id, string Name, IReadOnlyList<string> Scopes, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt);

internal sealed record ListApiKeys(PageLimit Limit, string? Cursor) : IRequest<Outcome<Page<ApiKeyResponse>>>;

internal sealed class ListApiKeysEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/api-keys", (PageLimit limit, string? cursor, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ListApiKeys(limit, cursor), Respond.Ok<Page<ApiKeyResponse>>(), cancellationToken))
        .RequireScope(Scopes.IdentityAdmin)
        .ReadsFrom()
        .Returns<Page<ApiKeyResponse>>()
        .Refuses<ValidationFailed>()
        .WithSummary("List the API keys");
}

internal sealed class ListApiKeysHandler(ModuleDatabase<Account> database) : IRequestHandler<ListApiKeys, Outcome<Page<ApiKeyResponse>>>
{
    internal const string Select =
        """
        SELECT id, name, scopes, issued_at, expires_at, revoked_at
          FROM identity.api_keys
         WHERE (issued_at, id) < (@beforeTime, @beforeId)
         ORDER BY issued_at DESC, id DESC
         LIMIT @take
        """;

    public async Task<Outcome<Page<ApiKeyResponse>>> Handle(ListApiKeys query, CancellationToken cancellationToken)
    {
        var (beforeTime, beforeId) = (DateTimeOffset.MaxValue, Guid.AllBitsSet);
        if (query.Cursor is not null && !Cursor.TryDecode(query.Cursor, out beforeTime, out beforeId))
        {
            return Cursor.Malformed;
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<ApiKeyRow>(new CommandDefinition(
            Select, new { beforeTime = beforeTime.UtcDateTime, beforeId, take = query.Limit.PlusOne }, cancellationToken: cancellationToken));
        var keys = rows.Select(row => new ApiKeyResponse(row.Id, row.Name, row.Scopes, row.IssuedAt, row.ExpiresAt, row.RevokedAt)).ToList();
        return Page<ApiKeyResponse>.Cut(keys, query.Limit, key => Cursor.Encode(key.CreatedAt, key.Id));
    }

    private sealed record ApiKeyRow(Guid Id, string Name, string[] Scopes, DateTimeOffset IssuedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt);
}
