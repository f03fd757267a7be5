using Commerce.Outcomes;

namespace Commerce.Identity;

/// <summary>E-mail and password do not fit. Which of them is wrong is not told, nor whether there is such an account.</summary>
[Problem(401, "invalid-credentials", "E-mail or password is wrong")]
internal sealed record InvalidCredentials() : Refusal("There is no account that can be used with this e-mail and this password.");

/// <summary>The refresh token is forged, used up, or its session is over.</summary>
[Problem(401, "invalid-refresh-token", "The refresh token is not valid")]
internal sealed record InvalidRefreshToken() : Refusal("Log in again: this refresh token was used before, or its session has ended.");

/// <summary>An account has this address already.</summary>
[Problem(409, "email-taken", "The e-mail address is taken")]
internal sealed record EmailTaken() : Refusal("There is an account with this e-mail address. Log in instead.");

/// <summary>The fresh id of an account is not fresh.</summary>
[Problem(409, "account-exists", "The account exists")]
internal sealed record AccountExists() : Refusal("There is an account under this id already.");

/// <summary>No such session of this caller.</summary>
[Problem(404, "session-not-found", "There is no such session")]
internal sealed record SessionNotFound() : Refusal("The caller has no session with this id.");

/// <summary>No such member of the staff.</summary>
[Problem(404, "staff-not-found", "There is no such staff account")]
internal sealed record StaffNotFound() : Refusal("There is no staff account with this id.");

/// <summary>No such API key.</summary>
[Problem(404, "api-key-not-found", "There is no such API key")]
internal sealed record ApiKeyNotFound() : Refusal("There is no API key with this id.");

/// <summary>Nobody gives away what they do not have.</summary>
/// <param name="Missing">The scopes that the caller lacks.</param>
[Problem(403, "scope-not-held", "The caller cannot grant this")]
internal sealed record ScopeNotHeld(IReadOnlyList<string> Missing) : Refusal("A caller can grant only scopes that it has itself.");

/// <summary>The caller is no account of this shop: an API key, or somebody of an external issuer.</summary>
[Problem(409, "no-account", "The caller has no account here")]
internal sealed record NoAccount() : Refusal("This caller has no account in this shop, so there is nothing to change.");
