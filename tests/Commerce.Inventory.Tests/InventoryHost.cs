using System.Security.Claims;
using System.Text.Encodings.Web;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Testing;
using Commerce.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Commerce.Inventory.Tests;

/// <summary>A host with the inventory alone, over HTTP in memory and on a real PostgreSQL; scopes come from a header instead of the Identity module.</summary>
internal sealed class InventoryHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private InventoryHost(WebApplication app) => _app = app;

    public IServiceProvider Services => _app.Services;

    public static Task<TestDatabase> DatabaseAsync() => TestPostgres.CreateDatabaseAsync("inventory", async connection =>
    {
        await using var app = Build(connection, TimeProvider.System);
        await app.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(CancellationToken.None);
    });

    /// <summary>Starts it, in memory or on a port of its own.</summary>
    public static async Task<InventoryHost> StartAsync(string postgres, TimeProvider? clock = null, bool sockets = false)
    {
        var app = Build(postgres, clock ?? TimeProvider.System, sockets);
        await app.StartAsync();
        return new InventoryHost(app);
    }

    /// <summary>A client with these scopes, or a guest.</summary>
    public HttpClient Client(string? scopes = "inventory:write inventory:read")
    {
        var client = _app.Urls.FirstOrDefault() is { } url ? new HttpClient { BaseAddress = new Uri(url + "/api/v1/") } : _app.GetTestClient();
        client.BaseAddress ??= new Uri("http://localhost/api/v1/");
        client.BaseAddress = new Uri(client.BaseAddress, "/api/v1/");
        if (scopes is not null)
        {
            client.DefaultRequestHeaders.Add(HeaderScheme.Header, scopes);
        }

        return client;
    }

    public Task<Outcome<T>> DecideAsync<T>(Action<Touches> touches, Func<DecisionScope, Outcome<T>> decide) =>
        Services.GetRequiredService<IEventStore>().DecideAsync(touches, decide, new CallContext(), CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static WebApplication Build(string postgres, TimeProvider clock, bool sockets = false)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        if (sockets)
        {
            builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        }
        else
        {
            builder.WebHost.UseTestServer();
        }

        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Postgres"] = postgres });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(clock);
        builder.Services.AddEventStore(_ => { });
        builder.Services.AddReadModels(builder.Configuration);
        builder.Services.AddCommerceWeb(builder.Configuration);
        builder.Services.AddInventory();
        builder.Services.AddRouting();
        builder.Services.AddAuthentication(HeaderScheme.Name).AddScheme<AuthenticationSchemeOptions, HeaderScheme>(HeaderScheme.Name, null);
        builder.Services.AddAuthorization();
        var app = builder.Build();
        app.UseProblemDetails();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseCallContext();
        app.MapGroup("/api/v1").Guarded().MapInventory();
        return app;
    }

    private sealed class HeaderScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        public const string Name = "Scopes";
        public const string Header = "X-Test-Scopes";

        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            if (!Request.Headers.TryGetValue(Header, out var scopes))
            {
                return Task.FromResult(AuthenticateResult.NoResult());
            }

            var identity = new ClaimsIdentity(
                [new Claim(CallerClaims.Kind, "staff"), new Claim(CallerClaims.Scope, scopes.ToString()), new Claim(CallerClaims.Actor, "user:tester")], Name);
            return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Name)));
        }
    }
}
