using System.Net;
using Dapper;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Commerce.Identity.Tests.Slices;

public sealed class LogInTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private HttpClient Guest => fixture.Host.Client();

    [Fact]
    public async Task A_customer_registers_and_is_known_from_then_on()
    {
        var email = Http.NewEmail();
        using var answer = await Guest.AnswerAsync(HttpMethod.Post, "auth/register", new { email = $"  {email.ToUpperInvariant()} ", password = Http.Password });
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
        answer.Headers.Location!.ToString().ShouldBe("/api/v1/me");
        answer.Headers.Contains("X-Consistency-Token").ShouldBeTrue();

        var (access, _) = await Guest.LogInAsync(email);
        var me = await fixture.Host.Client(access).SendAsync(HttpStatusCode.OK, HttpMethod.Get, "me");
        me.Text("email").ShouldBe(email);
        me.Text("kind").ShouldBe("customer");
        me.GetProperty("scopes").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task The_tokens_of_the_registration_are_good_at_once()
    {
        var (_, id, access, refresh) = await Guest.RegisterAsync();
        (await fixture.Host.Client(access).SendAsync(HttpStatusCode.OK, HttpMethod.Get, "me")).GetProperty("id").GetGuid().ShouldBe(id);
        await Guest.SendAsync(HttpStatusCode.OK, HttpMethod.Post, "auth/refresh", new { refreshToken = refresh });
    }

    [Fact]
    public async Task An_address_is_registered_once_in_whatever_letters_and_however_many_try_at_once()
    {
        var email = Http.NewEmail();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            Guest.AnswerAsync(HttpMethod.Post, "auth/register", new { email = i % 2 == 0 ? email : email.ToUpperInvariant(), password = Http.Password })));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(7);
        await using var connection = new NpgsqlConnection(fixture.Postgres);
        (await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM identity.people WHERE email = @email", new { email })).ShouldBe(1, "the others were taken back");
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Theory]
    [InlineData("no address", Http.Password, "email")]
    [InlineData("kim@example.com", "short", "password")]
    public async Task A_registration_has_an_address_and_a_password(string email, string password, string field) =>
        (await Guest.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "auth/register", new { email, password })).ShouldBeInvalid(field);

    [Fact]
    public async Task A_missing_field_is_named() =>
        (await Guest.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "auth/login", new { email = "kim@example.com" })).ShouldBeInvalid("password");

    [Fact]
    public async Task A_wrong_password_and_an_unknown_address_look_alike()
    {
        var (email, _, _, _) = await Guest.RegisterAsync();
        var wrong = await Guest.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "auth/login", new { email, password = "another one" });
        var unknown = await Guest.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "auth/login", new { email = Http.NewEmail(), password = Http.Password });
        wrong.ShouldBeProblem("invalid-credentials");
        unknown.ShouldBeProblem("invalid-credentials");
        wrong.Text("detail").ShouldBe(unknown.Text("detail"));
    }

    [Fact]
    public async Task Guessing_is_slowed_down_for_the_guesser_and_the_right_password_forgives()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using var host = await IdentityHost.StartAsync(fixture.Postgres, clock);
        var guest = host.Client();
        var (email, _, _, _) = await guest.RegisterAsync();
        var (other, _, _, _) = await guest.RegisterAsync();

        for (var i = 0; i < 5; i++)
        {
            await guest.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "auth/login", new { email, password = "guess" });
        }

        using var slowed = await guest.AnswerAsync(HttpMethod.Post, "auth/login", new { email, password = Http.Password });
        slowed.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        slowed.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBe(1);
        await guest.LogInAsync(other);

        clock.Advance(TimeSpan.FromSeconds(1.1));
        await guest.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "auth/login", new { email, password = "guess" });
        using var longer = await guest.AnswerAsync(HttpMethod.Post, "auth/login", new { email, password = Http.Password });
        longer.Headers.RetryAfter!.Delta!.Value.TotalSeconds.ShouldBe(2);

        clock.Advance(TimeSpan.FromSeconds(2.1));
        await guest.LogInAsync(email);
        await guest.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "auth/login", new { email, password = "guess" });
        await guest.LogInAsync(email);
    }

    [Fact]
    public async Task Many_guesses_at_once_are_all_counted()
    {
        var (email, _, _, _) = await Guest.RegisterAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Guest.AnswerAsync(HttpMethod.Post, "auth/login", new { email, password = $"guess {i}" })));
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Unauthorized).ShouldBeLessThanOrEqualTo(6);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.TooManyRequests).ShouldBeGreaterThanOrEqualTo(34);
        Array.ForEach(answers, answer => answer.Dispose());
    }

    [Fact]
    public async Task No_event_and_no_idempotency_record_holds_personal_data_or_a_secret()
    {
        var email = Http.NewEmail();
        var registered = await Guest.SendAsync(
            HttpStatusCode.Created, HttpMethod.Post, "auth/register", new { email, password = Http.Password, name = "Kim Unmistakable" }, ("Idempotency-Key", "register-once"));
        await Guest.SendAsync(HttpStatusCode.OK, HttpMethod.Post, "auth/login", new { email, password = Http.Password }, ("Idempotency-Key", "login-once"));

        await using var connection = new NpgsqlConnection(fixture.Postgres);
        var stored = string.Join('\n', await connection.QueryAsync<string>("SELECT data::text || coalesce(headers::text, '') || coalesce(user_name, '') FROM events.mt_events"));
        stored.ShouldContain("accountId");
        stored.ShouldNotContain(email);
        stored.ShouldNotContain("Unmistakable");
        stored.ShouldNotContain(registered.Text("refreshToken"));
        (await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM events.commerce_idempotency")).ShouldBe(0);
        (await connection.QuerySingleAsync<string>("SELECT password_hash FROM identity.people WHERE email = @email", new { email })).ShouldNotContain(Http.Password);
    }
}
