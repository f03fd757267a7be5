using System.Net;
using Commerce.EventStore;
using Commerce.Identity.Contracts;
using Commerce.ReadModels;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Identity.Tests.Slices;

public sealed class StaffAndKeyTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private HttpClient Guest => fixture.Host.Client();

    private HttpClient Admin => fixture.Host.Client(apiKey: IdentityHost.BootstrapKey);

    [Fact]
    public async Task The_key_of_the_environment_may_do_everything()
    {
        var me = await Admin.SendAsync(HttpStatusCode.OK, HttpMethod.Get, "me");
        me.Text("kind").ShouldBe("apiKey");
        me.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()).ShouldBe(Scopes.All.Order(StringComparer.Ordinal));
        (await Admin.GetStringAsync(new Uri("orders-only", UriKind.Relative))).ShouldBe("key:bootstrap");
        foreach (var wrong in new[] { IdentityHost.BootstrapKey + "x", "x", IdentityHost.BootstrapKey[..^1] })
        {
            await fixture.Host.Client(apiKey: wrong).SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "orders-only");
        }

        await Guest.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "orders-only");
    }

    [Fact]
    public async Task A_key_opens_what_its_scopes_say_until_it_is_revoked()
    {
        var issued = await Admin.SendAsync(HttpStatusCode.Created, HttpMethod.Post, "api-keys", new { name = "import", scopes = new[] { "orders:write", "orders:read" } });
        var (id, key) = (issued.GetProperty("id").GetGuid(), issued.Text("key"));
        var machine = fixture.Host.Client(apiKey: key);
        (await machine.GetStringAsync(new Uri("orders-only", UriKind.Relative))).ShouldBe($"key:{id}");
        await machine.SendAsync(HttpStatusCode.Forbidden, HttpMethod.Get, "api-keys");
        await fixture.Host.Client(apiKey: key[..^1] + (key[^1] == 'A' ? 'B' : 'A')).SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "open");

        var listed = (await Admin.SendAsync(HttpStatusCode.OK, HttpMethod.Get, "api-keys?limit=100")).GetProperty("items").EnumerateArray().Single(k => k.GetProperty("id").GetGuid() == id);
        listed.ToString().ShouldNotContain(key.Split('_', 3)[2]);
        await using var connection = new NpgsqlConnection(fixture.Postgres);
        (await connection.ExecuteScalarAsync<string>("SELECT secret_hash FROM identity.api_keys WHERE id = @id", new { id }))!.ShouldNotContain(key.Split('_', 3)[2]);

        await Admin.SendAsync(HttpStatusCode.NoContent, HttpMethod.Delete, $"api-keys/{id}");
        await machine.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "orders-only");
        await Admin.SendAsync(HttpStatusCode.NoContent, HttpMethod.Delete, $"api-keys/{id}");
        (await Admin.SendAsync(HttpStatusCode.NotFound, HttpMethod.Delete, $"api-keys/{Identifiers.Next()}")).ShouldBeProblem("api-key-not-found");
    }

    [Fact]
    public async Task A_key_has_known_scopes_and_an_end_that_lies_ahead()
    {
        (await Admin.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "api-keys", new { name = "x", scopes = new[] { "orders:write", "everything" } })).ShouldBeInvalid("scopes[1]");
        (await Admin.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "api-keys", new { name = "x", scopes = Array.Empty<string>() })).ShouldBeInvalid("scopes");
        (await Admin.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "api-keys", new { name = " ", scopes = new[] { "ops:read" } })).ShouldBeInvalid("name");
        (await Admin.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "api-keys", new { name = "x", scopes = new[] { "ops:read" }, expiresAt = "2020-01-01T00:00:00Z" })).ShouldBeInvalid("expiresAt");
        await Guest.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "api-keys", new { name = "x", scopes = new[] { "ops:read" } });
    }

    [Fact]
    public async Task Nobody_grants_what_they_do_not_have()
    {
        var issued = await Admin.SendAsync(HttpStatusCode.Created, HttpMethod.Post, "api-keys", new { name = "hr", scopes = new[] { "identity:admin", "ops:read" } });
        var hr = fixture.Host.Client(apiKey: issued.Text("key"));
        await hr.SendAsync(HttpStatusCode.Created, HttpMethod.Post, "api-keys", new { name = "x", scopes = new[] { "ops:read" } });
        (await hr.SendAsync(HttpStatusCode.Forbidden, HttpMethod.Post, "api-keys", new { name = "x", scopes = new[] { "ops:write" } })).ShouldBeProblem("scope-not-held");
        (await hr.SendAsync(HttpStatusCode.Forbidden, HttpMethod.Post, "staff", new { email = Http.NewEmail(), password = Http.Password, roles = new[] { "support" } })).ShouldBeProblem("scope-not-held");
    }

    [Fact]
    public async Task Staff_does_what_its_roles_say_and_a_change_holds_at_once()
    {
        var email = Http.NewEmail();
        using var hired = await Admin.AnswerAsync(HttpMethod.Post, "staff", new { email, password = Http.Password, name = "Lee", roles = new[] { "support" } });
        hired.StatusCode.ShouldBe(HttpStatusCode.Created);
        var address = hired.Headers.Location!.ToString()["/api/v1/".Length..];
        hired.Headers.ETag!.Tag.ShouldBe("\"1\"");
        var lee = fixture.Host.Client((await Guest.LogInAsync(email)).Access);
        await lee.SendAsync(HttpStatusCode.Forbidden, HttpMethod.Get, "orders-only");

        await Admin.SendAsync(HttpStatusCode.PreconditionFailed, HttpMethod.Put, $"{address}/roles", new { roles = new[] { "orders" } }, ("If-Match", "\"7\""));
        var changed = await Admin.SendAsync(HttpStatusCode.OK, HttpMethod.Put, $"{address}/roles", new { roles = new[] { "orders" } }, ("If-Match", "\"1\""));
        changed.Text("email").ShouldBe(email);
        changed.GetProperty("version").GetInt64().ShouldBe(2);
        using var allowed = await lee.AnswerAsync(HttpMethod.Get, "orders-only");
        allowed.StatusCode.ShouldBe(HttpStatusCode.OK);

        (await Admin.SendAsync(HttpStatusCode.OK, HttpMethod.Post, $"{address}/disable")).GetProperty("disabled").GetBoolean().ShouldBeTrue();
        await lee.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Get, "me");
        await Guest.SendAsync(HttpStatusCode.Unauthorized, HttpMethod.Post, "auth/login", new { email, password = Http.Password });
        await Admin.SendAsync(HttpStatusCode.OK, HttpMethod.Post, $"{address}/enable", null, ("Idempotency-Key", "enable-lee"));
        await lee.SendAsync(HttpStatusCode.OK, HttpMethod.Get, "me");

        (await Admin.SendAsync(HttpStatusCode.OK, HttpMethod.Get, address)).Text("name").ShouldBe("Lee");
        (await Admin.SendAsync(HttpStatusCode.OK, HttpMethod.Get, "staff?limit=100")).GetProperty("items").EnumerateArray().Select(item => item.Text("email")).ShouldContain(email);
        (await Admin.SendAsync(HttpStatusCode.NotFound, HttpMethod.Get, $"staff/{Identifiers.Next()}")).ShouldBeProblem("staff-not-found");
        (await Admin.SendAsync(HttpStatusCode.NotFound, HttpMethod.Post, $"staff/{Identifiers.Next()}/disable")).ShouldBeProblem("staff-not-found");
    }

    [Fact]
    public async Task A_customer_is_no_staff_and_an_address_is_not_hired_twice()
    {
        var (email, id, access, _) = await Guest.RegisterAsync();
        await fixture.Host.Client(access).SendAsync(HttpStatusCode.Forbidden, HttpMethod.Post, "staff", new { email = Http.NewEmail(), password = Http.Password, roles = new[] { "admin" } });
        (await Admin.SendAsync(HttpStatusCode.Conflict, HttpMethod.Post, "staff", new { email, password = Http.Password, roles = new[] { "admin" } })).ShouldBeProblem("email-taken");
        await Admin.SendAsync(HttpStatusCode.NotFound, HttpMethod.Put, $"staff/{id}/roles", new { roles = new[] { "admin" } });
        (await Admin.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Post, "staff", new { email = Http.NewEmail(), password = Http.Password, roles = new[] { "king" } })).ShouldBeInvalid("roles");
    }

    [Fact]
    public async Task Other_modules_learn_of_customers_and_how_to_reach_them()
    {
        var (email, id, _, _) = await Guest.RegisterAsync();
        var contacts = await fixture.Host.Services.GetRequiredService<ICustomerContacts>().ContactsAsync([id, Identifiers.Next()], CancellationToken.None);
        contacts.ShouldHaveSingleItem().Value.ShouldBe(new CustomerContact(id, email, "Kim"));

        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var e = new RecordedEvent { Id = id, StreamId = id, Version = 1, Name = "customer_registered", Data = new CustomerRegistered(), Timestamp = at };
        new Announcements().Announce(e).ShouldBe(new CustomerRegisteredAnnouncement(id, at));
        new Announcements().Announce(e with { Data = new AccountDisabled() }).ShouldBeNull();
    }

    [Fact]
    public async Task What_nothing_needs_any_more_is_swept_and_nothing_else()
    {
        var (email, _, _, _) = await Guest.RegisterAsync();
        await using var connection = new NpgsqlConnection(fixture.Postgres);
        await connection.ExecuteAsync(
            """
            INSERT INTO identity.people VALUES (gen_random_uuid(), 'orphan@example.com', NULL, 'x', now() - interval '2 hours'), (gen_random_uuid(), 'fresh@example.com', NULL, 'x', now());
            UPDATE identity.people SET written_at = now() - interval '2 hours' WHERE email = @email;
            INSERT INTO identity.devices VALUES (gen_random_uuid(), 'x', 'x', now() - interval '60 days');
            INSERT INTO identity.login_attempts VALUES (gen_random_uuid(), 9, now() - interval '2 hours', now() - interval '2 hours')
            """,
            new { email });

        using var sweep = new PersonalDataSweep(
            fixture.Host.Services.GetRequiredService<ModuleDatabase<Account>>(), TimeProvider.System, NullLogger<PersonalDataSweep>.Instance);
        await sweep.RunAsync(CancellationToken.None);

        (await connection.QueryAsync<string>("SELECT email FROM identity.people WHERE email = ANY (@emails) ORDER BY 1", new { emails = new[] { email, "orphan@example.com", "fresh@example.com" } }))
            .ShouldBe(["fresh@example.com", email], ignoreOrder: true);
        (await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM identity.devices WHERE written_at < now() - interval '59 days'")).ShouldBe(0);
        (await connection.ExecuteScalarAsync<long>("SELECT count(*) FROM identity.login_attempts WHERE at < now() - interval '1 hour'")).ShouldBe(0);
    }
}
