using System.Security.Claims;

namespace Commerce.Web;

/// <summary>What kind of caller a request has.</summary>
public enum CallerKind
{
    /// <summary>Nobody said who they are.</summary>
    Guest,

    /// <summary>A registered customer.</summary>
    Customer,

    /// <summary>A member of the shop's staff.</summary>
    Staff,

    /// <summary>A machine with an API key.</summary>
    ApiKey,
}

/// <summary>The claims that say who calls; the Identity module issues them.</summary>
public static class CallerClaims
{
    /// <summary>The caller's id, a UUID.</summary>
    public const string Subject = "sub";

    /// <summary><c>customer</c>, <c>staff</c> or <c>apiKey</c>.</summary>
    public const string Kind = "kind";

    /// <summary>Scopes, one claim each or several in one, parted by spaces.</summary>
    public const string Scope = "scope";

    /// <summary>The actor text when it is not made of kind and id, such as <c>key:bootstrap</c>.</summary>
    public const string Actor = "actor";
}

/// <summary>Who calls, as the slices see it.</summary>
public sealed class Caller
{
    private readonly HashSet<string> _scopes;

    /// <summary>A caller from what is known of it.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="id">Its id; a guest has none.</param>
    /// <param name="scopes">What it may do.</param>
    /// <param name="actor">How events name it; null makes it from kind and id.</param>
    public Caller(CallerKind kind, Guid? id, IEnumerable<string> scopes, string? actor = null)
    {
        Kind = kind;
        Id = id;
        _scopes = scopes.ToHashSet(StringComparer.Ordinal);
        Actor = actor ?? (kind, id) switch
        {
            (CallerKind.Guest, _) => "guest",
            (CallerKind.ApiKey, { } key) => $"key:{key}",
            (CallerKind.ApiKey, null) => "key",
            (_, { } user) => $"user:{user}",
            (_, null) => "user",
        };
    }

    /// <summary>Somebody who did not say who they are.</summary>
    public static Caller Guest { get; } = new(CallerKind.Guest, null, []);

    /// <summary>Its kind.</summary>
    public CallerKind Kind { get; }

    /// <summary>Its id, or null for a guest.</summary>
    public Guid? Id { get; }

    /// <summary>How events name it: <c>user:…</c>, <c>key:…</c> or <c>guest</c>.</summary>
    public string Actor { get; }

    /// <summary>What it may do.</summary>
    public IReadOnlyCollection<string> Scopes => _scopes;

    /// <summary>Whether it may do this.</summary>
    public bool Has(string scope) => _scopes.Contains(scope);

    /// <summary>Reads the claims of an authenticated principal; any other is a guest.</summary>
    public static Caller From(ClaimsPrincipal? principal)
    {
        if (principal?.Identity?.IsAuthenticated != true)
        {
            return Guest;
        }

        var scopes = principal.FindAll(CallerClaims.Scope).SelectMany(claim => claim.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var id = Guid.TryParse(principal.FindFirstValue(CallerClaims.Subject), out var subject) ? subject : (Guid?)null;
        var kind = Enum.TryParse<CallerKind>(principal.FindFirstValue(CallerClaims.Kind), ignoreCase: true, out var known) ? known : CallerKind.Customer;
        return new Caller(kind, id, scopes, principal.FindFirstValue(CallerClaims.Actor));
    }
}
