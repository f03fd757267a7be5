using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using Commerce.Web;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Commerce.Identity.Credentials;

/// <summary>What a refresh token says once its seal is found good.</summary>
internal readonly record struct RefreshTicket(Guid SessionId, int Generation, DateTimeOffset ExpiresAt);

/// <summary>
/// Makes and reads tokens. An access token is a JWT that names account and session; what the account may do is looked up, so changed roles hold at once.
/// A refresh token names session, generation and end under a seal: nothing of it has to be stored, and a forged one cannot end anybody's session, because
/// only a token that this shop once made can be an old one that came back.
/// </summary>
internal sealed class TokenMint(IdentitySecrets secrets, IOptions<IdentityOptions> options, TimeProvider time)
{
    internal const string Issuer = "commerce";
    internal const string SessionClaim = "sid";

    private const int ContentBytes = 16 + 4 + 8;
    private const int SealBytes = 32;

    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false };

    internal async ValueTask<TokenResponse> MintAsync(Guid accountId, Guid sessionId, int generation, CancellationToken cancellationToken)
    {
        var keys = await secrets.GetAsync(cancellationToken);
        var now = time.GetUtcNow();
        var lifetime = options.Value.AccessTokenLifetime;
        var access = Handler.CreateToken(new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Issuer,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = (now + lifetime).UtcDateTime,
            Claims = new Dictionary<string, object> { [CallerClaims.Subject] = accountId.ToString(), [SessionClaim] = sessionId.ToString() },
            SigningCredentials = new SigningCredentials(keys.AccessKey, SecurityAlgorithms.HmacSha256),
        });
        return new TokenResponse(access, (int)lifetime.TotalSeconds, Seal(keys, new RefreshTicket(sessionId, generation, now + options.Value.SessionIdleLifetime)));
    }

    /// <summary>Reads a refresh token; null when it is none of ours or too old.</summary>
    internal async ValueTask<RefreshTicket?> ReadAsync(string token, CancellationToken cancellationToken)
    {
        var bytes = new byte[ContentBytes + SealBytes];
        if (token.Length != Base64Url.GetEncodedLength(bytes.Length) || !Base64Url.TryDecodeFromChars(token, bytes, out var written) || written != bytes.Length)
        {
            return null;
        }

        var keys = await secrets.GetAsync(cancellationToken);
        var content = bytes.AsSpan(0, ContentBytes);
        if (!CryptographicOperations.FixedTimeEquals(keys.SealOf(content), bytes.AsSpan(ContentBytes)))
        {
            return null;
        }

        var ticket = new RefreshTicket(
            new Guid(content[..16], bigEndian: true),
            BinaryPrimitives.ReadInt32BigEndian(content[16..]),
            DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(content[20..])));
        return ticket.ExpiresAt > time.GetUtcNow() ? ticket : null;
    }

    private static string Seal(IdentityKeys keys, RefreshTicket ticket)
    {
        var bytes = new byte[ContentBytes + SealBytes];
        ticket.SessionId.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), ticket.Generation);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(20), ticket.ExpiresAt.ToUnixTimeSeconds());
        keys.SealOf(bytes.AsSpan(0, ContentBytes)).CopyTo(bytes.AsSpan(ContentBytes));
        return Base64Url.EncodeToString(bytes);
    }
}
