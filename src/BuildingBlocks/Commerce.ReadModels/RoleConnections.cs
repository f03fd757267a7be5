using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;
using Npgsql;

namespace Commerce.ReadModels;

/// <summary>
/// Every role's connection string, derived from the one administrator's string that is configured. A role's password is an HMAC of its name under the
/// administrator's password: no further secret is stored anywhere, every host derives the same, and none of them tells the administrator's.
/// </summary>
public sealed class RoleConnections
{
    /// <summary>The setting that holds the administrator's connection string.</summary>
    public const string Setting = "Postgres";

    private readonly NpgsqlConnectionStringBuilder _admin;
    private readonly byte[] _secret;

    /// <summary>Reads <c>ConnectionStrings:Postgres</c>.</summary>
    /// <exception cref="InvalidOperationException">It is missing.</exception>
    public RoleConnections(IConfiguration configuration)
        : this(configuration.GetConnectionString(Setting)
            ?? throw new InvalidOperationException($"The setting ConnectionStrings:{Setting} is missing: the connection string of a PostgreSQL user who may create roles and schemas."))
    {
    }

    /// <summary>Derives from this administrator's connection string.</summary>
    public RoleConnections(string adminConnectionString)
    {
        _admin = new NpgsqlConnectionStringBuilder(adminConnectionString);
        if (string.IsNullOrEmpty(_admin.Database))
        {
            _admin.Database = _admin.Username;
        }

        // Without a password the server trusts the connection by other means (a socket, an address); then it decides about the roles in the same way
        // and the derived password keeps nobody out, so a text that anybody can read is good enough.
        var password = _admin.Password ?? Environment.GetEnvironmentVariable("PGPASSWORD");
        HasPassword = !string.IsNullOrEmpty(password);
        _secret = Encoding.UTF8.GetBytes(HasPassword ? password! : "commerce: the server decides who may connect");
    }

    internal bool HasPassword { get; }

    /// <summary>
    /// The administrator, for migrations alone: not pooled, so that no connection with these rights stays open, and without a limit of time, because
    /// building an index takes as long as it takes.
    /// </summary>
    internal string Admin => new NpgsqlConnectionStringBuilder(_admin.ConnectionString)
    {
        ApplicationName = "commerce-migrations",
        Pooling = false,
        CommandTimeout = 0,
    }.ConnectionString;

    /// <summary>The connection string of a role.</summary>
    /// <param name="role">The role, such as <c>commerce_catalog</c>.</param>
    /// <param name="maxPoolSize">Connections at the most. Small: PostgreSQL does the same work with few busy connections faster than with many.</param>
    public string For(string role, int maxPoolSize)
    {
        ArgumentNullException.ThrowIfNull(role);
        return new NpgsqlConnectionStringBuilder(_admin.ConnectionString)
        {
            Username = role,
            Password = PasswordOf(role),
            Passfile = null,
            ApplicationName = role.Replace('_', '-'),
            MaxPoolSize = maxPoolSize,
            // The shop's statements are constants and few: after its second use a statement is parsed and planned once per connection.
            MaxAutoPrepare = 64,
            AutoPrepareMinUsages = 2,
            // Giving a connection back would otherwise reset its session on the next use. Nothing here changes a session: roles and settings are set by
            // SET LOCAL inside transactions, and no temporary table, cursor or advisory lock outlives one.
            NoResetOnClose = true,
            // A caller learns within seconds that the database is away; 503 with Retry-After is better than a queue that nobody waits in any more.
            Timeout = 5,
            CommandTimeout = 15,
            // A peer that vanished without a word (failover, a dropped firewall state) is noticed.
            TcpKeepAlive = true,
            KeepAlive = 30,
            IncludeErrorDetail = false,
            PersistSecurityInfo = false,
            // Off because a connection then belongs to one caller from open to dispose, which transactions and COPY need anyway.
            Multiplexing = false,
        }.ConnectionString;
    }

    /// <summary>A single connection that proves that the role can log in.</summary>
    internal string Probe(string role) => new NpgsqlConnectionStringBuilder(For(role, 1)) { Pooling = false }.ConnectionString;

    internal string PasswordOf(string role) => Convert.ToHexStringLower(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes($"commerce role {role}")));
}
