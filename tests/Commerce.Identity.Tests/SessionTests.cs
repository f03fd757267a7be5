using Commerce.Outcomes;
using static Commerce.Identity.Tests.Scenarios;

namespace Commerce.Identity.Tests;

public sealed class SessionTests
{
    [Fact]
    public void A_session_starts_once()
    {
        Session.Initial.Start(Kim).ShouldBe(new SessionStarted(Kim));
        Open.Start(Kim).ShouldBeRefused<SessionNotFound>();
    }

    [Fact]
    public void The_newest_token_is_changed_for_the_next() => Open.Refresh(1).ShouldBe(new SessionRefreshed(2));

    [Fact]
    public void An_old_token_that_comes_back_ends_the_session()
    {
        var refreshed = Open.After(new SessionRefreshed(2), new SessionRefreshed(3));
        refreshed.Refresh(1).ShouldBe(new SessionEnded(Session.Reuse));
        refreshed.Refresh(2).ShouldBe(new SessionEnded(Session.Reuse));
        refreshed.Refresh(3).ShouldBe(new SessionRefreshed(4));
    }

    [Fact]
    public void A_token_of_no_session_of_an_ended_one_or_of_the_future_is_refused()
    {
        Session.Initial.Refresh(1).ShouldBeRefused<InvalidRefreshToken>();
        Open.Refresh(2).ShouldBeRefused<InvalidRefreshToken>();
        Open.After(new SessionEnded(Session.LogOut)).Refresh(1).ShouldBeRefused<InvalidRefreshToken>();
    }

    [Fact]
    public void A_session_ends_once_and_for_its_first_reason()
    {
        Open.End(Session.LogOut).ShouldBe(new SessionEnded("logout"));
        Open.After(new SessionEnded(Session.Revoked)).End(Session.LogOut).ShouldBe();
        Session.Initial.End(Session.LogOut).ShouldBeRefused<SessionNotFound>();
    }

    [Fact]
    public void Nobody_ends_anothers_session()
    {
        Open.EndBy(Lee).ShouldBeRefused<SessionNotFound>();
        Open.EndBy(null).ShouldBeRefused<SessionNotFound>();
        Session.Initial.EndBy(Kim).ShouldBeRefused<SessionNotFound>();
        Open.EndBy(Kim).ShouldBe(new SessionEnded("revoked"));
    }

    [Fact]
    public void A_key_is_issued_once_with_its_scopes_in_order()
    {
        var issued = ApiKey.Initial.Issue("import", ["ops:read", "catalog:write", "ops:read"], "hash", Noon.AddDays(1), Noon);
        issued.Events.ShouldHaveSingleItem().ShouldBeOfType<ApiKeyIssued>().Scopes.ShouldBe(["catalog:write", "ops:read"]);
        ApiKey.Initial.After([.. issued.Events]).Issue("again", ["ops:read"], "hash", null, Noon).ShouldBeRefused<ApiKeyNotFound>();
        ApiKey.Initial.Issue("late", ["ops:read"], "hash", Noon, Noon).ShouldBeRefused<ValidationFailed>();
    }

    [Fact]
    public void A_key_is_revoked_once()
    {
        ApiKey.Initial.Revoke().ShouldBeRefused<ApiKeyNotFound>();
        var key = ApiKey.Initial.After(new ApiKeyIssued("import", ["ops:read"], "hash", null));
        key.Revoke().ShouldBe(new ApiKeyRevoked());
        key.After(new ApiKeyRevoked()).Revoke().ShouldBe();
    }
}
