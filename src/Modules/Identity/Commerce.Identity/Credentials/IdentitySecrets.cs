using System.Security.Cryptography;
using System.Text;
using Commerce.EventStore;
using Commerce.ReadModels;
using Dapper;
using Microsoft.IdentityModel.Tokens;

namespace Commerce.Identity.Credentials;

/// <summary>The keys that all hosts share, made by the first of them that asks and kept in the module's schema.</summary>
internal sealed class IdentitySecrets(ModuleDatabase<Account> database)
{
    internal const string Insert = "INSERT INTO identity.secrets (name, value) VALUES ('tokens', @tokens), ('emails', @emails) ON CONFLICT (name) DO NOTHING";

    internal const string Select = "SELECT name, value FROM identity.secrets";

    private const int KeyBytes = 64;

    private volatile IdentityKeys? _keys;

    /// <summary>The keys, once <see cref="GetAsync"/> has read them.</summary>
    internal IdentityKeys? Read => _keys;

    internal async ValueTask<IdentityKeys> GetAsync(CancellationToken cancellationToken)
    {
        if (_keys is { } known)
        {
            return known;
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await ReadAsync(connection, cancellationToken);
        if (rows.Count < 2)
        {
            var fresh = new { tokens = RandomNumberGenerator.GetBytes(KeyBytes), emails = RandomNumberGenerator.GetBytes(KeyBytes) };
            await connection.ExecuteAsync(new CommandDefinition(Insert, fresh, cancellationToken: cancellationToken));
            rows = await ReadAsync(connection, cancellationToken);
        }

        return _keys = new IdentityKeys(rows["tokens"], rows["emails"]);
    }

    private static async Task<Dictionary<string, byte[]>> ReadAsync(Npgsql.NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await connection.QueryAsync<(string Name, byte[] Value)>(new CommandDefinition(Select, cancellationToken: cancellationToken)))
            .ToDictionary(row => row.Name, row => row.Value, StringComparer.Ordinal);
}

/// <summary>The shared keys, each for one use.</summary>
internal sealed class IdentityKeys
{
    private static readonly Guid EmailSpace = new("0b4f3d5e-6c1a-4b8e-9d27-5f0c1e8a7b36");

    private readonly byte[] _refresh;
    private readonly byte[] _emails;

    internal IdentityKeys(byte[] tokens, byte[] emails)
    {
        AccessKey = new SymmetricSecurityKey(HMACSHA256.HashData(tokens, "access"u8)) { KeyId = "1" };
        _refresh = HMACSHA256.HashData(tokens, "refresh"u8);
        _emails = emails;
    }

    /// <summary>Signs access tokens.</summary>
    internal SymmetricSecurityKey AccessKey { get; }

    /// <summary>Seals refresh tokens.</summary>
    internal byte[] SealOf(ReadOnlySpan<byte> content) => HMACSHA256.HashData(_refresh, content);

    /// <summary>The claim stream of an address. Keyed, so that nobody who holds the events alone can try addresses against it.</summary>
    internal Guid ClaimOf(string email) => Identifiers.FromName(EmailSpace, Convert.ToHexStringLower(HMACSHA256.HashData(_emails, Encoding.UTF8.GetBytes(email))));

    /// <summary>The row that counts logins to an address from a network.</summary>
    internal Guid AttemptKeyOf(string email, string network) =>
        new(HMACSHA256.HashData(_emails, Encoding.UTF8.GetBytes($"{email}\n{network}")).AsSpan(0, 16));
}
