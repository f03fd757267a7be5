using Commerce.EventStore;
using Commerce.Identity.Credentials;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Identity.Slices;

// An administrator issues a key for a machine. Its secret is in this answer and nowhere else.

internal sealed record IssueApiKeyRequest(string Name, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt = null);

/// <summary>The key.</summary>
/// <param name="Id">Its id, to revoke it by.</param>
/// <param name="Name">What it is for.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Key">What its holder sends as <c>X-Api-Key</c>. Shown this once.</param>
/// <param name="CreatedAt">When it was issued.</param>
/// <param name="ExpiresAt">When it ends, or null.</param>
internal sealed record IssuedApiKeyResponse(Guid Id, string Name, IReadOnlyList<string> Scopes, string Key, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

internal sealed record IssueApiKey(Caller Caller, string Name, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt) : IRequest<Outcome<IssuedApiKeyResponse>>;

internal sealed class IssueApiKeyValidator : AbstractValidator<IssueApiKey>
{
    private const int LongestName = 100;

    public IssueApiKeyValidator()
    {
        RuleFor(command => command.Name).Must(name => name.Trim() is { Length: >= 1 and <= LongestName }).WithMessage($"1 to {LongestName} characters.");
        RuleFor(command => command.Scopes).NotEmpty().WithMessage("At least one scope.");
        RuleForEach(command => command.Scopes).Must(scope => scope is not null && Identity.Scopes.All.Contains(scope))
            .WithMessage($"One of {string.Join(", ", Identity.Scopes.All.Order(StringComparer.Ordinal))}.");
    }
}

internal sealed class IssueApiKeyEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/api-keys", (IssueApiKeyRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new IssueApiKey(dispatcher.Caller, body.Name, body.Scopes, body.ExpiresAt),
                Respond.Created<IssuedApiKeyResponse>(key => $"/api/v1/api-keys/{key.Id}"),
                cancellationToken))
        .RequireScope(Identity.Scopes.IdentityAdmin)
        .WithoutIdempotencyRecord()
        .Returns<IssuedApiKeyResponse>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, ScopeNotHeld, ApiKeyNotFound, StoreOverloaded>()
        .WithSummary("Issue an API key");
}

internal sealed class IssueApiKeyHandler(EventSession events) : IRequestHandler<IssueApiKey, Outcome<IssuedApiKeyResponse>>
{
    public async Task<Outcome<IssuedApiKeyResponse>> Handle(IssueApiKey command, CancellationToken cancellationToken)
    {
        if (Grants.Missing(command.Caller, command.Scopes) is { } missing)
        {
            return missing;
        }

        var id = Identifiers.Next();
        var (text, hash) = ApiKeyText.Draw(id);
        return await events.DecideAsync<ApiKey, IssuedApiKeyResponse>(
            id,
            (stream, scope) => stream.Apply(key => key.Issue(command.Name.Trim(), command.Scopes, hash, command.ExpiresAt, scope.Now))
                .Map(key => new IssuedApiKeyResponse(id, key.Issued!.Name, key.Issued.Scopes, text, scope.Now, key.Issued.ExpiresAt)),
            cancellationToken);
    }
}
