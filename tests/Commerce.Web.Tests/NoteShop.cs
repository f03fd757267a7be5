using System.Security.Claims;
using System.Text.Encodings.Web;
using Commerce.EventStore;
using Commerce.ReadModels;
using Commerce.Testing;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Commerce.Web.Tests;

/// <summary>
/// The smallest shop that has everything of the web edge: real Kestrel, the real event store on a real PostgreSQL, and a module of notes that exists
/// only here. What a caller may do is told by a header.
/// </summary>
public sealed class NoteShop : IAsyncLifetime
{
    private WebApplication? _app;
    private TestDatabase _database = null!;

    public HttpClient Client { get; private set; } = null!;

    public IServiceProvider Services => _app!.Services;

    public StubProgress Progress { get; } = new();

    public async Task InitializeAsync()
    {
        _database = await TestPostgres.CreateDatabaseAsync();
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["ConnectionStrings:Postgres"] = _database.ConnectionString;
        builder.Configuration["Web:RequestBurst"] = "50";
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 1024 * 1024);
        builder.Logging.ClearProviders();
        builder.Services.AddEventStore(_ => { });
        builder.Services.AddReadModels(builder.Configuration);
        builder.Services.AddCommerceWeb(builder.Configuration);
        builder.Services.AddReadyAnswers(builder.Configuration, "/api/v1");
        builder.Services.AddSingleton<IReadyAnswer, ReadyWord>();
        builder.Services.AddSlices(typeof(NoteShop).Assembly);
        builder.Services.AddSingleton<IProjectionProgress>(Progress);
        builder.Services.AddEvents(events => events.Aggregate<Note>(note => note.Event("note_written", NotesJson.Default.NoteWritten)));
        builder.Services.AddAuthentication(TestCallers.Name).AddScheme<AuthenticationSchemeOptions, TestCallers>(TestCallers.Name, null);
        _app = builder.Build();
        await _app.Services.GetRequiredService<IDatabaseMigrator>().MigrateAsync(default);
        _app.UseProblemDetails();
        _app.UseReadyAnswers();
        _app.UseRouting();
        _app.UseAuthentication();
        _app.UseRateLimiter();
        _app.UseAuthorization();
        _app.UseCallContext();
        _app.MapGroup("/api/v1").Guarded().MapNotes();
        await _app.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(_app.Urls.First()) };
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await _app!.DisposeAsync();
        await _database.DisposeAsync();
    }
}

/// <summary>Projections that are as far as a test says.</summary>
public sealed class StubProgress : IProjectionProgress
{
    public bool Reaches { get; set; } = true;

    public ProjectionLag Lag { get; set; }

    public TimeSpan LastWait { get; private set; }

    public IReadOnlyList<ProjectionStatus> All => [];

    public Task<bool> WaitAsync(IReadOnlyCollection<string> names, EventPosition position, TimeSpan wait, CancellationToken cancellationToken)
    {
        LastWait = wait;
        return Task.FromResult(Reaches);
    }

    public ProjectionLag LagOf(IReadOnlyCollection<string> names) => Lag;

    public Task RebuildAsync(string name, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task PauseAsync(string name, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task ResumeAsync(string name, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<long?> SkipAsync(string name, string actor, CancellationToken cancellationToken) => Task.FromResult<long?>(null);
}

/// <summary>Believes the header <c>X-Test-Caller: kind id scope scope…</c>.</summary>
internal sealed class TestCallers(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory log, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, log, encoder)
{
    public const string Name = "test";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Request.Headers["X-Test-Caller"] is not [{ } text])
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var words = text.Split(' ', 3);
        var claims = new List<Claim> { new(CallerClaims.Kind, words[0]), new(CallerClaims.Subject, words[1]) };
        if (words.Length > 2)
        {
            claims.Add(new Claim(CallerClaims.Scope, words[2]));
        }

        return Task.FromResult(AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, Name)), Name)));
    }
}
