using System.Text.Json;
using Commerce.Identity.Credentials;
using Commerce.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Commerce.Identity.Authentication;

/// <summary>How a request says who calls: an API key, a token of this shop, or one of an external issuer when one is configured.</summary>
internal static class Schemes
{
    internal const string Any = "Commerce";
    internal const string Session = "Session";
    internal const string External = "External";
    internal const string Key = "ApiKey";

    internal const string KeyHeader = WebHeaders.ApiKey;
    private const string BearerPrefix = "Bearer ";

    internal static void AddCredentials(this IServiceCollection services, IConfiguration configuration)
    {
        var oidc = configuration.GetSection("Identity:Oidc").Get<OidcOptions>() ?? new OidcOptions();
        var external = oidc.Authority.Length > 0;
        var authentication = services.AddAuthentication(Any)
            .AddPolicyScheme(Any, null, options => options.ForwardDefaultSelector = context => SchemeOf(context.Request, external))
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(Key, null)
            .AddJwtBearer(Session);
        services.AddSingleton<SessionTokens>();
        services.AddOptions<JwtBearerOptions>(Session).Configure<SessionTokens>((options, tokens) => tokens.Configure(options));
        if (external)
        {
            authentication.AddJwtBearer(External, options => ExternalTokens.Configure(options, oidc));
        }

        services.AddAuthorization();
    }

    /// <summary>The token of <c>Authorization: Bearer …</c>, or null.</summary>
    internal static string? BearerOf(HttpRequest request) =>
        request.Headers.Authorization is [{ } header] && header.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase) ? header[BearerPrefix.Length..].Trim() : null;

    private static string SchemeOf(HttpRequest request, bool external)
    {
        if (request.Headers.ContainsKey(KeyHeader))
        {
            return Key;
        }

        // Which handler looks at a token is all that its unproven issuer decides; the handler proves it.
        return external && BearerOf(request) is { } token && IssuerOf(token) != TokenMint.Issuer ? External : Session;
    }

    private static string? IssuerOf(string token)
    {
        try
        {
            return new JsonWebToken(token).Issuer;
        }
        catch (Exception exception) when (exception is ArgumentException or SecurityTokenException or JsonException or FormatException)
        {
            return TokenMint.Issuer;
        }
    }
}
