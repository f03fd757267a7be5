using Commerce.ReadModels;
using Dapper;

namespace Commerce.Identity.ReadModels;

/// <summary>Where a login comes from.</summary>
/// <param name="Address">The network address, or null.</param>
/// <param name="UserAgent">What the client calls itself, or null.</param>
internal sealed record Device(string? Address, string? UserAgent);

/// <summary>Where sessions were begun. Personal data, so no event holds it.</summary>
internal sealed class Devices(ModuleDatabase<Account> database, TimeProvider time)
{
    internal const string Insert = "INSERT INTO identity.devices (session_id, address, user_agent, written_at) VALUES (@sessionId, @address, @userAgent, @now)";

    private const int LongestUserAgent = 300;

    internal async Task WriteAsync(Guid sessionId, Device device, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var userAgent = device.UserAgent is { Length: > LongestUserAgent } talkative ? talkative[..LongestUserAgent] : device.UserAgent;
        await connection.ExecuteAsync(new CommandDefinition(
            Insert, new { sessionId, address = device.Address, userAgent, now = time.GetUtcNow().UtcDateTime }, cancellationToken: cancellationToken));
    }
}
