using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Commerce.EventStore;
using Commerce.ReadModels;
using Commerce.Testing;
using Commerce.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Commerce.Identity.Tests;

/// <summary>A host with the identity module alone, over HTTP in memory and on a real PostgreSQL, and two slices that show who may do what.</summary>
internal sealed class IdentityHost : IAsyncDisposable
{
    public const string BootstrapKey = "bootstrap-key-of-the-tests";

    private readonly WebApplication _app;

    private IdentityHost(WebApplication app) => _app = app;

    public IServiceProvider Services => _app.Services;

    public static Task<TestDatabase> DatabaseAsync() => TestPostgres.CreateDatabaseAsync("identity", async connection =>
    {
        await using var app = Build(connection, null, []);
        await app.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(CancellationToken.None);
    });

    public static async Task<IdentityHost> StartAsync(string postgres, TimeProvider? clock = null, params (string Name, string Value)[] settings)
    {
        var app = Build(postgres, clock, settings);
        await app.StartAsync();
        return new IdentityHost(app);
    }

    public HttpClient Client(string? bearer = null, string? apiKey = null)
    {
        var client = _app.GetTestClient();
        client.BaseAddress = new Uri("http://localhost/api/v1/");
        if (bearer is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", bearer);
        }

        if (apiKey is not null)
        {
            client.DefaultRequestHeaders.Add("X-Api-Key", apiKey);
        }

        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private static WebApplication Build(string postgres, TimeProvider? clock, IEnumerable<(string Name, string Value)> settings)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseTestServer();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Postgres"] = postgres,
            ["COMMERCE_BOOTSTRAP_API_KEY"] = BootstrapKey,
            ["Identity:PasswordIterations"] = "1000",
        });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, setting => (string?)setting.Value));
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddEventStore(_ => { });
        builder.Services.AddReadModels(builder.Configuration);
        builder.Services.AddCommerceWeb(builder.Configuration);
        builder.Services.AddIdentity(builder.Configuration);
        builder.Services.AddRouting();
        var app = builder.Build();
        app.UseProblemDetails();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseCallContext();
        app.MapGroup("/api/v1").Guarded().MapIdentity().MapSlice<OpenToAllEndpoint>().MapSlice<ForOrdersStaffEndpoint>();
        return app;
    }
}

/// <summary>Says who calls, to anybody.</summary>
internal sealed class OpenToAllEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/open", (Dispatcher dispatcher) => Results.Text($"{dispatcher.Caller.Kind} {dispatcher.Caller.Actor}")).AllowAnonymous();
}

/// <summary>Says who calls, to those who may write orders.</summary>
internal sealed class ForOrdersStaffEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) =>
        app.MapGet("/orders-only", (Dispatcher dispatcher) => Results.Text(dispatcher.Caller.Actor)).RequireScope("orders:write");
}

/// <summary>One database and one host for the tests of a class; each test takes addresses of its own.</summary>
public sealed class IdentityFixture : IAsyncLifetime
{
    private TestDatabase? _database;
    private IdentityHost? _host;

    internal IdentityHost Host => _host!;

    internal string Postgres => _database!.ConnectionString;

    public async Task InitializeAsync()
    {
        _database = await IdentityHost.DatabaseAsync();
        _host = await IdentityHost.StartAsync(_database.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await _host!.DisposeAsync();
        await _database!.DisposeAsync();
    }
}

/// <summary>HTTP in the few words that the tests need.</summary>
internal static class Http
{
    public const string Password = "correct horse battery";

    private static int _people;

    /// <summary>An address that no other test uses.</summary>
    public static string NewEmail() => $"kim{Interlocked.Increment(ref _people)}@example.com";

    public static async Task<JsonElement> SendAsync(this HttpClient client, HttpStatusCode status, HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var response = await client.AnswerAsync(method, path, body, headers);
        var content = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, content);
        return content.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(content);
    }

    public static async Task<HttpResponseMessage> AnswerAsync(this HttpClient client, HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await client.SendAsync(request);
    }

    public static async Task<(string Email, Guid Id, string Access, string Refresh)> RegisterAsync(this HttpClient client)
    {
        var email = NewEmail();
        var registered = await client.SendAsync(HttpStatusCode.Created, HttpMethod.Post, "auth/register", new { email, password = Password, name = "Kim" });
        return (email, registered.GetProperty("id").GetGuid(), registered.Text("accessToken"), registered.Text("refreshToken"));
    }

    public static async Task<(string Access, string Refresh)> LogInAsync(this HttpClient client, string email, string password = Password)
    {
        var tokens = await client.SendAsync(HttpStatusCode.OK, HttpMethod.Post, "auth/login", new { email, password });
        tokens.GetProperty("expiresIn").GetInt32().ShouldBeGreaterThan(0);
        return (tokens.Text("accessToken"), tokens.Text("refreshToken"));
    }

    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;

    public static void ShouldBeProblem(this JsonElement problem, string slug) => problem.Text("type").ShouldBe($"/problems/{slug}");

    public static void ShouldBeInvalid(this JsonElement problem, string field)
    {
        problem.ShouldBeProblem("validation");
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name).ShouldContain(field);
    }
}
