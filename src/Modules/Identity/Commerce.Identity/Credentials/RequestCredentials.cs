using Commerce.Identity.ReadModels;
using Microsoft.AspNetCore.Http;

namespace Commerce.Identity.Credentials;

/// <summary>Reads from a request what several slices need of it and no command should know of HTTP for.</summary>
internal static class RequestCredentials
{
    internal static Device DeviceOf(HttpContext context) =>
        new(context.Connection.RemoteIpAddress?.ToString(), context.Request.Headers.UserAgent.ToString() is { Length: > 0 } agent ? agent : null);

    /// <summary>The session that the access token names, or null for another kind of caller.</summary>
    internal static Guid? SessionOf(HttpContext context) => Guid.TryParse(context.User.FindFirst(TokenMint.SessionClaim)?.Value, out var id) ? id : null;
}
