using System.Security.Claims;
using Commerce.EventStore;
using Commerce.Web;
using Microsoft.AspNetCore.Authentication.JwtBearer;

namespace Commerce.Identity.Authentication;

/// <summary>
/// Accepts tokens of an external OpenID Connect issuer. Its subjects become callers of this shop without an account: the id is made of issuer and subject,
/// so the same person is the same caller every time; roles of the shop in the configured claim make a member of the staff.
/// </summary>
internal static class ExternalTokens
{
    private static readonly Guid SubjectSpace = new("7d0a9c52-3e4f-4c61-8a15-94b2d7f0e3c8");

    internal static void Configure(JwtBearerOptions options, OidcOptions oidc)
    {
        options.Authority = oidc.Authority;
        options.Audience = oidc.Audience;
        options.RequireHttpsMetadata = !oidc.AllowHttp;
        options.MapInboundClaims = false;
        options.TokenValidationParameters.ValidateAudience = true;
        options.Events = new JwtBearerEvents
        {
            OnTokenValidated = context =>
            {
                context.Principal = CallerOf(context.Principal!, oidc.RolesClaim);
                if (context.Principal is null)
                {
                    context.Fail("The token has no subject.");
                }

                return Task.CompletedTask;
            },
        };
    }

    internal static ClaimsPrincipal? CallerOf(ClaimsPrincipal token, string rolesClaim)
    {
        var subject = token.FindFirst(CallerClaims.Subject);
        if (subject is null or { Value.Length: 0 })
        {
            return null;
        }

        var roles = token.FindAll(rolesClaim).SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(Roles.IsKnown).ToList();
        var claims = new List<Claim>
        {
            new(CallerClaims.Subject, Identifiers.FromName(SubjectSpace, $"{subject.Issuer} {subject.Value}").ToString()),
            new(CallerClaims.Kind, roles.Count > 0 ? "staff" : "customer"),
        };
        if (roles.Count > 0)
        {
            claims.Add(new Claim(CallerClaims.Scope, string.Join(' ', Roles.ScopesOf(roles))));
        }

        return new ClaimsPrincipal(new ClaimsIdentity(claims, Schemes.External, CallerClaims.Subject, null));
    }
}
