using System.Net;
using Commerce.ReadModels;
using Dapper;
using Microsoft.Extensions.Options;

namespace Commerce.Identity.Credentials;

/// <summary>
/// Slows down guessing: per account and network some logins are free, then each further one has to wait twice as long as the one before. It counts before
/// the password is looked at, in one statement, so a thousand guesses at once are counted as a thousand; the right password forgives them all.
/// </summary>
internal sealed class LoginThrottle(ModuleDatabase<Account> database, IdentitySecrets secrets, IOptions<IdentityOptions> options, TimeProvider time)
{
    internal const string Admit =
        """
        INSERT INTO identity.login_attempts AS known (key, attempts, free_at, at) VALUES (@key, 1, @now, @now)
        ON CONFLICT (key) DO UPDATE SET
            attempts = CASE WHEN known.at < @forgotten THEN 1 ELSE known.attempts + 1 END,
            free_at = CASE WHEN known.at < @forgotten OR known.attempts + 1 < @free THEN @now
                ELSE @now + make_interval(secs => least(@mostSeconds, 2 ^ least(20, known.attempts + 1 - @free))) END,
            at = @now
        WHERE known.free_at <= @now
        RETURNING attempts
        """;

    internal const string Wait = "SELECT ceil(extract(epoch FROM free_at - @now))::integer FROM identity.login_attempts WHERE key = @key";

    internal const string Forgive = "DELETE FROM identity.login_attempts WHERE key = @key";

    private const int MostSeconds = 900;

    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(30);

    /// <summary>Counts a login that is about to be tried.</summary>
    /// <returns>Null when it may be, else the seconds to wait.</returns>
    internal async Task<int?> AdmitAsync(string email, IPAddress? address, CancellationToken cancellationToken)
    {
        var key = await KeyAsync(email, address, cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        await using var connection = await database.OpenAsync(cancellationToken);
        var arguments = new { key, now, forgotten = now - Memory, free = options.Value.FreeLoginAttempts, mostSeconds = MostSeconds };
        if (await connection.ExecuteScalarAsync<int?>(new CommandDefinition(Admit, arguments, cancellationToken: cancellationToken)) is not null)
        {
            return null;
        }

        var seconds = await connection.ExecuteScalarAsync<int?>(new CommandDefinition(Wait, arguments, cancellationToken: cancellationToken));
        return Math.Max(1, seconds ?? 1);
    }

    /// <summary>The password was right.</summary>
    internal async Task ForgiveAsync(string email, IPAddress? address, CancellationToken cancellationToken)
    {
        var key = await KeyAsync(email, address, cancellationToken);
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(Forgive, new { key }, cancellationToken: cancellationToken));
    }

    private async ValueTask<Guid> KeyAsync(string email, IPAddress? address, CancellationToken cancellationToken) =>
        (await secrets.GetAsync(cancellationToken)).AttemptKeyOf(email, NetworkOf(address));

    /// <summary>An IPv6 host owns a whole /64 and could take a fresh address for every guess.</summary>
    private static string NetworkOf(IPAddress? address)
    {
        if (address is null)
        {
            return "";
        }

        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var bytes = plain.GetAddressBytes();
        return Convert.ToHexStringLower(bytes.AsSpan(0, bytes.Length == 16 ? 8 : bytes.Length));
    }
}
