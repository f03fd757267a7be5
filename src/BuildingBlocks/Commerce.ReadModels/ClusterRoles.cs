using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.ReadModels;

/// <summary>
/// Roles live in the cluster, not in the database: an advisory lock does not guard them, and the catalogue has no "if not exists" for them. Each step looks
/// first, so that the usual start writes nothing, and looks again when another session was quicker.
/// </summary>
internal sealed partial class ClusterRoles(NpgsqlConnection admin, RoleConnections roles, ILogger logger)
{
    private const int Attempts = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    /// <summary>The role exists, may connect to this database, and the administrator may act as it.</summary>
    public async Task EnsureAsync(string role, CancellationToken cancellationToken)
    {
        await RepeatAsync(
            async () =>
            {
                if (!await HoldsAsync("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", [role], cancellationToken))
                {
                    var password = roles.HasPassword ? $" PASSWORD '{ScramVerifier.Of(roles.PasswordOf(role))}'" : "";
                    await ExecuteAsync($"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION{password}", cancellationToken);
                    LogCreated(role);
                }
            },
            cancellationToken);

        // Everybody may connect by default; a hardened server says who.
        if (!await HoldsAsync("SELECT has_database_privilege($1, current_database(), 'CONNECT')", [role], cancellationToken))
        {
            await ExecuteAsync($"GRANT CONNECT ON DATABASE \"{admin.Database.Replace("\"", "\"\"", StringComparison.Ordinal)}\" TO {role}", cancellationToken);
        }

        // A superuser may act as anybody; a plain owner with CREATEROLE has to be a member, and from version 16 on has to have asked for SET.
        var privilege = admin.PostgreSqlVersion.Major >= 16 ? "SET" : "MEMBER";
        await RepeatAsync(
            async () =>
            {
                if (!await HoldsAsync("SELECT pg_has_role(current_user, $1, $2)", [role, privilege], cancellationToken))
                {
                    await ExecuteAsync($"GRANT {role} TO CURRENT_USER", cancellationToken);
                }
            },
            cancellationToken);
    }

    /// <summary>One role may act as another, with <c>SET LOCAL ROLE</c>.</summary>
    public Task EnsureMemberAsync(string role, string member, CancellationToken cancellationToken) => RepeatAsync(
        async () =>
        {
            if (!await HoldsAsync("SELECT pg_has_role($1, $2, 'MEMBER')", [member, role], cancellationToken))
            {
                await ExecuteAsync($"GRANT {role} TO {member}", cancellationToken);
            }
        },
        cancellationToken);

    /// <summary>
    /// Each role can log in with its derived password. The password is set only where that fails, which is once after the administrator's was changed:
    /// setting it on every start would make hosts of many databases rewrite one catalogue row against each other.
    /// </summary>
    public async Task EnsureLoginsAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var works = await Task.WhenAll(names.Select(role => CanLogInAsync(role, cancellationToken)));
        foreach (var role in names.Where((_, index) => !works[index]))
        {
            await RepeatAsync(() => ExecuteAsync($"ALTER ROLE {role} LOGIN PASSWORD '{ScramVerifier.Of(roles.PasswordOf(role))}'", cancellationToken), cancellationToken);
            LogPasswordSet(role);
            await using var proof = new NpgsqlConnection(roles.Probe(role));
            await proof.OpenAsync(cancellationToken);
        }
    }

    private async Task<bool> CanLogInAsync(string role, CancellationToken cancellationToken)
    {
        await using var probe = new NpgsqlConnection(roles.Probe(role));
        try
        {
            await probe.OpenAsync(cancellationToken);
            return true;
        }
        catch (PostgresException exception) when (exception.SqlState is PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            return false;
        }
    }

    /// <summary>Does something to the whole cluster again when another session was quicker: what is asked for may stand by then.</summary>
    public static async Task RepeatAsync(Func<Task> step, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await step();
                return;
            }
            catch (PostgresException exception) when (attempt < Attempts && Overtaken(exception))
            {
                await Task.Delay(Pause * attempt, cancellationToken);
            }
        }
    }

    // Two sessions that create one role: duplicate_object, or the unique index behind it. Two that write one catalogue row: an internal error, known only
    // by its text.
    private static bool Overtaken(PostgresException exception) =>
        exception.SqlState is PostgresErrorCodes.DuplicateObject or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DeadlockDetected
        || (exception.SqlState == PostgresErrorCodes.InternalError && exception.MessageText.Contains("concurrently", StringComparison.Ordinal));

    private async Task<bool> HoldsAsync(string sql, string[] arguments, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, admin);
        foreach (var argument in arguments)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = argument });
        }

        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, admin);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    [LoggerMessage(3005, LogLevel.Information, "Created role {Role}")]
    private partial void LogCreated(string role);

    [LoggerMessage(3006, LogLevel.Information, "Set the password of role {Role}")]
    private partial void LogPasswordSet(string role);
}
