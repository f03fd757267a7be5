using System.Net;
using System.Text;
using Commerce.ReadModels;
using Commerce.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Commerce.Identity.Tests.Slices;

public sealed class SessionRouteTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private HttpClient Guest => fixture.Host.Client();

    [Fact]
    public async Task A_refresh_token_is_good_once_and_its_reuse_ends_the_session()
    {
        var (_, _, access, first) = await Guest.RegisterAsync();
        var next = await Guest.SendAsync(HttpStatusCode.OK, HttpMethod.Post, "auth/refresh", new { refreshToken = first });
        var second = next.Text("refreshToken");
        second.ShouldNotBe(first);
        var third = (await Guest.SendAsync(HttpStatusCode.OK, HttpMethod.Post, "auth/refresh", new { refreshToken = second })).Text("refreshToken");
        await fixture.Host.Client(access).SendAsync(HttpStatusCode.OK, HttpMethod.Get, "me");

        (await Guest.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "auth/refresh", new { refreshToken = first })).ShouldBeProblem("invalid-refresh-token");

        await Guest.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "auth/refresh", new { refreshToken = third });
        await fixture.Host.Client(access).SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "me");
        await fixture.Host.Client(next.Text("accessToken")).SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "me");
    }

    [Fact]
    public async Task A_forged_refresh_token_is_refused_and_ends_nobodys_session()
    {
        var (_, _, access, refresh) = await Guest.RegisterAsync();
        var forged = (refresh[0] == 'A' ? 'B' : 'A') + refresh[1..];
        foreach (var token in new[] { forged, refresh[..^2] + (refresh[^2] == 'A' ? "BA" : "AA"), "", "x", new string('A', 80), refresh + "A" })
        {
            await Guest.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "auth/refresh", new { refreshToken = token });
        }

        await fixture.Host.Client(access).SendAsync(HttpStatusCode.OK, HttpMethod.Get, "me");
        await Guest.SendAsync(HttpStatusCode.OK, HttpMethod.Post, "auth/refresh", new { refreshToken = refresh });
    }

    [Fact]
    public async Task Two_who_refresh_with_one_token_at_once_do_not_both_go_on()
    {
        var (_, _, _, refresh) = await Guest.RegisterAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Guest.AnswerAsync(HttpMethod.Post, "auth/refresh", new { refreshToken = refresh })));
        answers.Count(answer => answer.IsSuccessStatusCode).ShouldBe(1);
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task A_logout_ends_the_session_by_access_token_or_refresh_token_at_once()
    {
        var (email, _, access, _) = await Guest.RegisterAsync();
        await fixture.Host.Client(access).SendAsync(HttpStatusCode.NoContent, HttpMethod.Post, "auth/logout");
        await fixture.Host.Client(access).SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "me");

        var (second, refresh) = await Guest.LogInAsync(email);
        await Guest.SendAsync(HttpStatusCode.NoContent, HttpMethod.Post, "auth/logout", new { refreshToken = refresh });
        await Guest.SendAsync(HttpStatusCode.NoContent, HttpMethod.Post, "auth/logout", new { refreshToken = refresh });
        await fixture.Host.Client(second).SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "me");
        await Guest.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "auth/refresh", new { refreshToken = refresh });

        await Guest.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "auth/logout");
        await Guest.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "auth/logout", new { refreshToken = "forged" });
    }

    [Fact]
    public async Task An_owner_sees_their_sessions_and_ends_one_or_all()
    {
        var (email, _, first, _) = await Guest.RegisterAsync();
        var phone = Guest;
        phone.DefaultRequestHeaders.UserAgent.ParseAdd("Phone/1.0");
        var (second, _) = await phone.LogInAsync(email);
        var client = fixture.Host.Client(first);

        var sessions = (await client.SendAsync(HttpStatusCode.OK, HttpMethod.Get, "me/sessions")).GetProperty("items").EnumerateArray().ToList();
        sessions.Count.ShouldBe(2);
        sessions[0].Text("userAgent").ShouldBe("Phone/1.0");
        sessions.Single(session => session.GetProperty("current").GetBoolean()).GetProperty("id").GetGuid().ShouldBe(sessions[1].GetProperty("id").GetGuid());
        var page = await client.SendAsync(HttpStatusCode.OK, HttpMethod.Get, "me/sessions?limit=1");
        var rest = await client.SendAsync(HttpStatusCode.OK, HttpMethod.Get, $"me/sessions?limit=1&cursor={page.Text("nextCursor")}");
        rest.GetProperty("items")[0].GetProperty("id").GetGuid().ShouldBe(sessions[1].GetProperty("id").GetGuid());

        await client.SendAsync(HttpStatusCode.NoContent, HttpMethod.Delete, $"me/sessions/{sessions[0].GetProperty("id").GetGuid()}");
        await fixture.Host.Client(second).SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "me");
        await client.SendAsync(HttpStatusCode.OK, HttpMethod.Get, "me");

        var (_, _, stranger, _) = await Guest.RegisterAsync();
        await fixture.Host.Client(stranger).SendAsync(HttpStatusCode.NotFound, HttpMethod.Delete, $"me/sessions/{sessions[1].GetProperty("id").GetGuid()}");

        await client.SendAsync(HttpStatusCode.NoContent, HttpMethod.Delete, "me/sessions");
        await client.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "me");
    }

    [Fact]
    public async Task A_new_password_puts_everybody_else_out()
    {
        var (email, _, mine, _) = await Guest.RegisterAsync();
        var (theirs, _) = await Guest.LogInAsync(email);
        var client = fixture.Host.Client(mine);

        await client.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "me/password", new { currentPassword = "wrong one", newPassword = "another horse" });
        (await client.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "me/password", new { currentPassword = Http.Password, newPassword = "short" })).ShouldBeInvalid("newPassword");
        await client.SendAsync(HttpStatusCode.NoContent, HttpMethod.Post, "me/password", new { currentPassword = Http.Password, newPassword = "another horse" });

        await client.SendAsync(HttpStatusCode.OK, HttpMethod.Get, "me");
        await fixture.Host.Client(theirs).SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "me");
        await Guest.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "auth/login", new { email, password = Http.Password });
        await Guest.LogInAsync(email, "another horse");
        var bootstrap = fixture.Host.Client(apiKey: IdentityHost.BootstrapKey);
        (await bootstrap.SendAsync(HttpStatusCode.Conflict, HttpMethod.Post, "me/password", new { currentPassword = "x", newPassword = "another horse" })).ShouldBeProblem("no-account");
    }

    [Fact]
    public async Task Tokens_end_with_time()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var host = await IdentityHost.StartAsync(fixture.Postgres, clock);
        var (_, _, access, refresh) = await host.Client().RegisterAsync();
        await host.Client(access).SendAsync(HttpStatusCode.OK, HttpMethod.Get, "me");

        clock.Advance(TimeSpan.FromMinutes(16));
        await host.Client(access).SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "me");
        var next = await host.Client(access).SendAsync(HttpStatusCode.OK, HttpMethod.Post, "auth/refresh", new { refreshToken = refresh });
        await host.Client(next.Text("accessToken")).SendAsync(HttpStatusCode.OK, HttpMethod.Get, "me");

        clock.Advance(TimeSpan.FromDays(31));
        await host.Client().SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "auth/refresh", new { refreshToken = next.Text("refreshToken") });
    }

    [Fact]
    public async Task Credentials_that_are_no_good_are_told_even_where_none_are_needed()
    {
        var (_, _, access, _) = await Guest.RegisterAsync();
        await fixture.Host.Client(access).SendAsync(HttpStatusCode.NoContent, HttpMethod.Post, "auth/logout");

        using var open = await fixture.Host.Client(access).AnswerAsync(HttpMethod.Get, "open");
        open.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        open.Headers.WwwAuthenticate.ToString().ShouldContain("Bearer");
        open.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await Guest.GetStringAsync(new Uri("open", UriKind.Relative))).ShouldBe("Guest guest");
        foreach (var token in new[] { "x", "x.y.z", access[..^3] + "abc", Unsigned(access) })
        {
            await fixture.Host.Client(token).SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "open");
        }
    }

    [Fact]
    public async Task A_session_that_ends_at_one_host_ends_at_the_others_within_the_bound()
    {
        var (redis, prefix) = await TestRedis.ShareAsync();
        await using var database = await IdentityHost.DatabaseAsync();
        await using var one = await IdentityHost.StartAsync(database.ConnectionString, null, ("ConnectionStrings:Redis", redis), ("Cache:RedisPrefix", prefix));
        await using var two = await IdentityHost.StartAsync(database.ConnectionString, null, ("ConnectionStrings:Redis", redis), ("Cache:RedisPrefix", prefix));
        var (_, _, access, _) = await one.Client().RegisterAsync();
        await two.Client(access).SendAsync(HttpStatusCode.OK, HttpMethod.Get, "me");
        two.Services.GetRequiredService<IReadModelCache>().ShouldNotBeNull();

        await one.Client(access).SendAsync(HttpStatusCode.NoContent, HttpMethod.Post, "auth/logout");

        await one.Client(access).SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "me");
        for (var waited = 0; waited < 40; waited++)
        {
            using var answer = await two.Client(access).AnswerAsync(HttpMethod.Get, "me");
            if (answer.StatusCode == HttpStatusCode.Unauthorized)
            {
                return;
            }

            await Task.Delay(50);
        }

        Assert.Fail("The other host went on with a session that was over.");
    }

    /// <summary>The same token with "no signature needed" in its head.</summary>
    private static string Unsigned(string token) =>
        $"{Convert.ToBase64String(Encoding.UTF8.GetBytes("""{"alg":"none","typ":"JWT"}""")).TrimEnd('=')}.{token.Split('.')[1]}.";
}
