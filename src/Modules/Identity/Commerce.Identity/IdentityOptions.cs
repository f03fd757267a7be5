namespace Commerce.Identity;

/// <summary>Settings of the module, section <c>Identity</c>.</summary>
internal sealed class IdentityOptions
{
    /// <summary>How long an access token is good. Ending a session takes its tokens with it at once, so this only says how often clients refresh.</summary>
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>How long a session lasts without being refreshed.</summary>
    public TimeSpan SessionIdleLifetime { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Rounds of PBKDF2 (HMAC-SHA-512) for a new password hash. Old hashes are renewed at the next login.</summary>
    public int PasswordIterations { get; set; } = 210_000;

    /// <summary>Wrong passwords for one account from one address before waiting begins; each further one doubles the wait.</summary>
    public int FreeLoginAttempts { get; set; } = 5;

    /// <summary>An external issuer whose tokens are accepted, or none.</summary>
    public OidcOptions Oidc { get; set; } = new();
}

/// <summary>An external OpenID Connect issuer, section <c>Identity:Oidc</c>.</summary>
internal sealed class OidcOptions
{
    /// <summary>The issuer's address, where its discovery document is found. Empty accepts no external token.</summary>
    public string Authority { get; set; } = "";

    /// <summary>The audience that its tokens must name.</summary>
    public string Audience { get; set; } = "";

    /// <summary>The claim that holds the shop's roles of a member of the staff. A token without any role of the shop is a customer's.</summary>
    public string RolesClaim { get; set; } = "roles";

    /// <summary>Whether the discovery document may be read without TLS: for tests alone.</summary>
    public bool AllowHttp { get; set; }
}
