using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Commerce.Identity.Tests;

public sealed class ExternalIssuerTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    [Fact]
    public async Task A_token_of_the_configured_issuer_is_accepted_and_no_other()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var host = await IdentityHost.StartAsync(
            fixture.Postgres, null, ("Identity:Oidc:Authority", issuer.Address), ("Identity:Oidc:Audience", "shop"), ("Identity:Oidc:AllowHttp", "true"));

        var customer = await host.Client(issuer.Token("kim", "shop")).SendAsync(HttpStatusCode.OK, HttpMethod.Get, "me");
        customer.Text("kind").ShouldBe("customer");
        customer.GetProperty("id").GetGuid().ShouldNotBe(Guid.Empty);
        using var staff = await host.Client(issuer.Token("lee", "shop", "orders")).AnswerAsync(HttpMethod.Get, "orders-only");
        staff.StatusCode.ShouldBe(HttpStatusCode.OK);

        await host.Client(issuer.Token("kim", "another shop")).SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "me");
        await host.Client(issuer.Token("kim", "shop", lifetime: TimeSpan.FromHours(-1))).SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "me");
        await using var impostor = await Issuer.StartAsync(issuer.Address);
        await host.Client(impostor.Token("kim", "shop", "admin")).SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "me");

        var (_, _, access, _) = await host.Client().RegisterAsync();
        (await host.Client(access).SendAsync(HttpStatusCode.OK, HttpMethod.Get, "me")).Text("kind").ShouldBe("customer");
        await fixture.Host.Client(issuer.Token("kim", "shop")).SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "me");
    }

    /// <summary>A small OpenID Connect issuer: a discovery document and a key.</summary>
    private sealed class Issuer : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        private Issuer(WebApplication app) => _app = app;

        public string Address { get; private set; } = "";

        public static async Task<Issuer> StartAsync(string? pretended = null)
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            builder.Services.AddRoutingCore();
            var app = builder.Build();
            var issuer = new Issuer(app);
            app.UseRouting();
            app.MapGet("/.well-known/openid-configuration", (HttpContext context) => context.Response.WriteAsJsonAsync(new { issuer = issuer.Address, jwks_uri = $"{issuer.Address}/keys" }));
            app.MapGet("/keys", (HttpContext context) =>
            {
                var key = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(new ECDsaSecurityKey(ECDsa.Create(issuer._key.ExportParameters(false))) { KeyId = "k1" });
                return context.Response.WriteAsJsonAsync(new { keys = new[] { new { kty = key.Kty, crv = key.Crv, x = key.X, y = key.Y, kid = key.Kid, use = "sig", alg = "ES256" } } });
            });
            await app.StartAsync();
            issuer.Address = pretended ?? app.Urls.Single();
            return issuer;
        }

        public string Token(string subject, string audience, string? roles = null, TimeSpan? lifetime = null)
        {
            var now = TimeProvider.System.GetUtcNow();
            var claims = new Dictionary<string, object> { ["sub"] = subject };
            if (roles is not null)
            {
                claims["roles"] = new[] { roles };
            }

            return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(new SecurityTokenDescriptor
            {
                Issuer = Address,
                Audience = audience,
                Claims = claims,
                NotBefore = now.AddHours(-2).UtcDateTime,
                Expires = (now + (lifetime ?? TimeSpan.FromMinutes(5))).UtcDateTime,
                SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(_key) { KeyId = "k1" }, SecurityAlgorithms.EcdsaSha256),
            });
        }

        public async ValueTask DisposeAsync()
        {
            await _app.StopAsync();
            await _app.DisposeAsync();
            _key.Dispose();
        }
    }
}
