using System.Security.Claims;
using Commerce.Identity.Credentials;
using Commerce.Identity.ReadModels;
using Commerce.Web;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;

namespace Commerce.Identity.Authentication;

/// <summary>
/// Accepts the access tokens of this shop. A good signature says only that the token was ours once: session and account are looked up, so a logout, a
/// revoked session, a disabled account and changed roles hold from the next request on.
/// </summary>
internal sealed class SessionTokens(IdentitySecrets secrets, KnownCallers callers, TimeProvider time)
{
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(5);

    internal void Configure(JwtBearerOptions options)
    {
        options.MapInboundClaims = false;
        options.TokenValidationParameters = new TokenValidationParameters
        {
            ValidIssuer = TokenMint.Issuer,
            ValidAudience = TokenMint.Issuer,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            IssuerSigningKeyResolver = (_, _, _, _) => secrets.Read is { } keys ? [keys.AccessKey] : [],
            LifetimeValidator = (_, expires, _, _) => expires is { } end && end + Skew > time.GetUtcNow().UtcDateTime,
        };
        options.Events = new JwtBearerEvents
        {
            // The keys are read from the database once, and only here is there a chance to wait for them.
            OnMessageReceived = async context =>
            {
                if (Schemes.BearerOf(context.Request) is not null)
                {
                    await secrets.GetAsync(context.HttpContext.RequestAborted);
                }
            },
            OnTokenValidated = AcceptAsync,
        };
    }

    private async Task AcceptAsync(TokenValidatedContext context)
    {
        var token = context.Principal!;
        var cancellationToken = context.HttpContext.RequestAborted;
        if (!Guid.TryParse(token.FindFirstValue(TokenMint.SessionClaim), out var sessionId)
            || !Guid.TryParse(token.FindFirstValue(CallerClaims.Subject), out var accountId)
            || await callers.SessionAsync(sessionId, cancellationToken) is not { Ended: false } session
            || session.AccountId != accountId
            || await callers.AccountAsync(accountId, cancellationToken) is not { Disabled: false } account)
        {
            context.Fail("The session is over.");
            return;
        }

        var claims = new List<Claim>(4)
        {
            new(CallerClaims.Subject, accountId.ToString()),
            new(CallerClaims.Kind, account.Kind),
            new(TokenMint.SessionClaim, sessionId.ToString()),
        };
        if (account.Roles.Length > 0)
        {
            claims.Add(new Claim(CallerClaims.Scope, string.Join(' ', Roles.ScopesOf(account.Roles))));
        }

        context.Principal = new ClaimsPrincipal(new ClaimsIdentity(claims, Schemes.Session, CallerClaims.Subject, null));
    }
}
