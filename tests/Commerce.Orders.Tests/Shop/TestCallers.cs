using System.Security.Claims;
using System.Text.Encodings.Web;
using Commerce.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Commerce.Orders.Tests.Shop;

/// <summary>Believes a header: <c>customer {id}</c> or <c>staff {scopes}</c>.</summary>
internal sealed class TestCallers(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "Test";
    public const string Header = "X-Test-Caller";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!Request.Headers.TryGetValue(Header, out var values))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var words = values.ToString().Split(' ', 2);
        Claim[] claims = words[0] == "customer"
            ? [new Claim(CallerClaims.Kind, "customer"), new Claim(CallerClaims.Subject, words[1])]
            : [new Claim(CallerClaims.Kind, "apiKey"), new Claim(CallerClaims.Scope, words[1]), new Claim(CallerClaims.Actor, "key:test")];
        var principal = new ClaimsPrincipal(new ClaimsIdentity(claims, Scheme));
        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(principal, Scheme)));
    }
}
