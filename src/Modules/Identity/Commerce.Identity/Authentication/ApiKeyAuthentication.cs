using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Commerce.Identity.Credentials;
using Commerce.Identity.ReadModels;
using Commerce.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Commerce.Identity.Authentication;

/// <summary>
/// Accepts <c>X-Api-Key</c>: the keys that were issued, and the one key that the Host's environment names, which may do everything and is there before
/// anybody could issue one.
/// </summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, KnownCallers callers, IConfiguration configuration, TimeProvider time)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    private const string BootstrapSetting = "COMMERCE_BOOTSTRAP_API_KEY";
    private const string BootstrapActor = "key:bootstrap";
    private const int LongestKey = 512;

    /// <inheritdoc />
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers[Schemes.KeyHeader] is not [{ Length: > 0 and <= LongestKey } text])
        {
            return Request.Headers.ContainsKey(Schemes.KeyHeader) ? AuthenticateResult.Fail("One key of reasonable length.") : AuthenticateResult.NoResult();
        }

        if (IsBootstrap(text))
        {
            return Accept([new(CallerClaims.Actor, BootstrapActor)], Scopes.All);
        }

        return ApiKeyText.TryRead(text, out var id, out var secret)
            && await callers.ApiKeyAsync(id, Context.RequestAborted) is { Revoked: false } key
            && ApiKeyText.Opens(secret, key.SecretHash)
            && !(key.ExpiresAt <= time.GetUtcNow())
            ? Accept([new(CallerClaims.Subject, id.ToString())], key.Scopes)
            : AuthenticateResult.Fail("There is no such key.");
    }

    /// <summary>Hashes first: then the comparison takes the same time whatever was sent, its length included.</summary>
    private bool IsBootstrap(string text) =>
        configuration[BootstrapSetting] is { Length: > 0 } bootstrap
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(text)), SHA256.HashData(Encoding.UTF8.GetBytes(bootstrap)));

    private AuthenticateResult Accept(IEnumerable<Claim> who, IEnumerable<string> scopes)
    {
        var claims = who.Append(new Claim(CallerClaims.Kind, "apiKey")).Append(new Claim(CallerClaims.Scope, string.Join(' ', scopes)));
        return AuthenticateResult.Success(new AuthenticationTicket(
            new ClaimsPrincipal(new ClaimsIdentity(claims, Schemes.Key, CallerClaims.Subject, null)), Scheme.Name));
    }
}
