using System.Security.Claims;
using Commerce.EventStore;

namespace Commerce.Web.Tests;

public sealed class CallerTests(NoteShop shop) : IClassFixture<NoteShop>
{
    [Fact]
    public async Task Without_credentials_a_guarded_endpoint_is_a_401_and_without_the_scope_a_403()
    {
        var nobody = await shop.Client.GetAnswerAsync("/api/v1/orders-only");
        nobody.Status.ShouldBe(401);
        nobody.Problem().ShouldBe("unauthenticated");

        var somebody = await shop.Client.GetAnswerAsync("/api/v1/orders-only", ("X-Test-Caller", $"staff {Identifiers.Next()} orders:read"));
        somebody.Status.ShouldBe(403);
        somebody.Problem().ShouldBe("forbidden");

        (await shop.Client.GetAnswerAsync("/api/v1/orders-only", ("X-Test-Caller", $"staff {Identifiers.Next()} orders:read orders:write"))).Status.ShouldBe(200);
    }

    [Fact]
    public async Task An_endpoint_that_forgot_to_say_who_may_call_it_is_closed_to_guests() =>
        (await shop.Client.GetAnswerAsync("/api/v1/forgotten")).Status.ShouldBe(401);

    [Fact]
    public async Task The_guests_secret_comes_by_header_or_query()
    {
        (await shop.Client.GetAnswerAsync("/api/v1/notes?accessToken=query")).Json.GetProperty("guest").GetString().ShouldBe("query");
        (await shop.Client.GetAnswerAsync("/api/v1/notes?accessToken=query", ("X-Guest-Token", "header"))).Json.GetProperty("guest").GetString().ShouldBe("header");
    }

    [Fact]
    public void Actors_are_named_by_kind_and_id()
    {
        var id = Identifiers.Next();

        Caller.From(null).Actor.ShouldBe("guest");
        Caller.From(new ClaimsPrincipal(new ClaimsIdentity())).Kind.ShouldBe(CallerKind.Guest);
        Caller.From(Principal((CallerClaims.Kind, "apiKey"), (CallerClaims.Subject, id.ToString()))).Actor.ShouldBe($"key:{id}");
        Caller.From(Principal((CallerClaims.Kind, "apiKey"), (CallerClaims.Actor, "key:bootstrap"))).Actor.ShouldBe("key:bootstrap");
        var staff = Caller.From(Principal((CallerClaims.Kind, "staff"), (CallerClaims.Subject, id.ToString()), (CallerClaims.Scope, "a b"), (CallerClaims.Scope, "c")));
        staff.Actor.ShouldBe($"user:{id}");
        staff.Kind.ShouldBe(CallerKind.Staff);
        staff.Scopes.ShouldBe(["a", "b", "c"], ignoreOrder: true);
        staff.Has("b").ShouldBeTrue();
        staff.Has("ab").ShouldBeFalse();
    }

    private static ClaimsPrincipal Principal(params (string Type, string Value)[] claims) =>
        new(new ClaimsIdentity(claims.Select(claim => new Claim(claim.Type, claim.Value)), "test"));
}
