using Commerce.EventStore;

namespace Commerce.Identity;

/// <summary>Somebody logged in.</summary>
internal sealed record SessionStarted(Guid AccountId);

/// <summary>The refresh token was changed for the next one.</summary>
internal sealed record SessionRefreshed(int Generation);

/// <summary>The session is over.</summary>
/// <param name="Reason"><c>logout</c>, <c>revoked</c>, <c>reuse</c> (an old refresh token came back) or <c>passwordChanged</c>.</param>
internal sealed record SessionEnded(string Reason);

/// <summary>
/// One login on one device. Each refresh token is good once: it names the session and its generation, and an old one that comes back means that two hands
/// hold the session, so it ends.
/// </summary>
internal sealed record Session : IAggregate<Session>
{
    internal const string LogOut = "logout";
    internal const string Revoked = "revoked";
    internal const string Reuse = "reuse";
    internal const string NewPassword = "passwordChanged";

    /// <inheritdoc />
    public static string StreamType => "session";

    /// <inheritdoc />
    public static Session Initial { get; } = new();

    internal Guid? AccountId { get; private init; }

    internal int Generation { get; private init; }

    internal string? EndReason { get; private init; }

    internal bool IsOpen => AccountId is not null && EndReason is null;

    internal Decision Start(Guid accountId) => AccountId is null ? Decision.Of(new SessionStarted(accountId)) : new SessionNotFound();

    /// <summary>Changes the token of one generation for the next; the caller asks <see cref="IsOpen"/> of the result.</summary>
    internal Decision Refresh(int generation) => !IsOpen || generation > Generation ? new InvalidRefreshToken()
        : generation < Generation ? Decision.Of(new SessionEnded(Reuse))
        : Decision.Of(new SessionRefreshed(Generation + 1));

    /// <summary>Ends it; what has ended stays ended for its first reason.</summary>
    internal Decision End(string reason) => AccountId is null ? new SessionNotFound() : IsOpen ? Decision.Of(new SessionEnded(reason)) : Decision.Nothing;

    /// <summary>Ends it for its owner; to anybody else there is no such session.</summary>
    internal Decision EndBy(Guid? accountId) => accountId is null || AccountId != accountId ? new SessionNotFound() : End(Revoked);

    /// <inheritdoc />
    public Session Evolve(object @event) => @event switch
    {
        SessionStarted e => this with { AccountId = e.AccountId, Generation = 1 },
        SessionRefreshed e => this with { Generation = e.Generation },
        SessionEnded e => this with { EndReason = e.Reason },
        _ => this,
    };
}
