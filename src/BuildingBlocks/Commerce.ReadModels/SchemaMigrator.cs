using System.Data;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.ReadModels;

/// <summary>
/// Makes roles, schemas and tables with the administrator's rights, and leaves them to the roles. One host at a time works on a database (an advisory
/// lock); roles belong to the whole cluster, where other databases' migrations may run at the same moment, so those steps expect to be overtaken.
/// </summary>
internal sealed partial class SchemaMigrator(RoleConnections roles, IEnumerable<ModuleSchema> schemas, ILogger<SchemaMigrator> logger) : IDatabaseMigrator
{
    private const long AdvisoryLock = 0x434F4D4D45524345;

    private const string StoreRole = "commerce_events";

    private const string History =
        """
        CREATE SCHEMA IF NOT EXISTS migrations;
        CREATE TABLE IF NOT EXISTS migrations.applied (
            schema text NOT NULL,
            script text NOT NULL,
            checksum text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT now(),
            PRIMARY KEY (schema, script))
        """;

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        // The event store's schema first: the modules' roles are granted to its role, and projections of modules may refer to its tables.
        var ordered = schemas.OrderBy(schema => schema.Name != ModuleSchema.Events).ThenBy(schema => schema.Name, StringComparer.Ordinal).ToList();
        await using var admin = new NpgsqlConnection(roles.Admin);
        await admin.OpenAsync(cancellationToken);
        await ExecuteAsync(admin, $"SELECT pg_advisory_lock({AdvisoryLock})", cancellationToken);
        try
        {
            var clusterRoles = new ClusterRoles(admin, roles, logger);
            foreach (var schema in ordered)
            {
                await clusterRoles.EnsureAsync(schema.Role, cancellationToken);
            }

            await clusterRoles.EnsureLoginsAsync([.. ordered.Select(schema => schema.Role)], cancellationToken);
            await ExecuteAsync(admin, History, cancellationToken);
            await ClusterRoles.RepeatAsync(() => VouchAsync(admin, cancellationToken), cancellationToken);
            foreach (var schema in ordered)
            {
                await clusterRoles.EnsureMemberAsync(schema.Role, StoreRole, cancellationToken);
                await EnsureSchemaAsync(admin, schema, cancellationToken);
                await ApplyAsync(admin, schema, cancellationToken);
            }
        }
        finally
        {
            // Closing an unpooled connection ends its session and with it the lock, also when the statement above was cancelled half-way.
            await admin.CloseAsync();
        }
    }

    /// <summary>
    /// Lets the store's role vouch for the foreign key of the events it appends (see <c>commerce_append</c>). Only a superuser can grant it; where the
    /// administrator is none, every row is checked and appends are slower.
    /// </summary>
    private static async Task VouchAsync(NpgsqlConnection admin, CancellationToken cancellationToken)
    {
        if (await ScalarAsync<bool>(admin, "SELECT rolsuper AND NOT has_parameter_privilege($1, 'session_replication_role', 'SET') FROM pg_roles WHERE rolname = current_user", [StoreRole], cancellationToken))
        {
            await ExecuteAsync(admin, $"GRANT SET ON PARAMETER session_replication_role TO {StoreRole}", cancellationToken);
        }
    }

    private async Task EnsureSchemaAsync(NpgsqlConnection admin, ModuleSchema schema, CancellationToken cancellationToken)
    {
        foreach (var extension in schema.Extensions)
        {
            if (await ScalarAsync<bool>(admin, "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = $1)", [extension], cancellationToken))
            {
                if (!await ScalarAsync<bool>(admin, "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = $1)", [extension], cancellationToken))
                {
                    await ExecuteAsync(admin, $"CREATE EXTENSION IF NOT EXISTS {extension} SCHEMA public", cancellationToken);
                }
            }
            else
            {
                LogExtensionMissing(extension, schema.Name);
            }
        }

        // A rebuild fills copies of the module's tables in a schema beside its own and then moves them over.
        string[] names = schema.Role == StoreRole ? [schema.Name] : [schema.Name, $"{schema.Name}_rebuild"];
        foreach (var name in names)
        {
            if (!await ScalarAsync<bool>(admin, "SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1 AND pg_get_userbyid(nspowner) = $2)", [name, schema.Role], cancellationToken))
            {
                await CreateSchemaAsync(admin, name, schema.Role, cancellationToken);
            }
        }
    }

    private static async Task CreateSchemaAsync(NpgsqlConnection admin, string name, string role, CancellationToken cancellationToken)
    {
        await using var transaction = await admin.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(admin, $"CREATE SCHEMA {name} AUTHORIZATION {role}", cancellationToken);
        if (role != StoreRole)
        {
            // Inline projections write in the event store's transaction and under its role. What that role makes here belongs to it until it hands it
            // over, so the module may use it from the first moment.
            await ExecuteAsync(
                admin,
                $"""
                SET LOCAL ROLE {role};
                GRANT USAGE, CREATE ON SCHEMA {name} TO {StoreRole};
                ALTER DEFAULT PRIVILEGES IN SCHEMA {name} GRANT ALL ON TABLES TO {StoreRole};
                ALTER DEFAULT PRIVILEGES IN SCHEMA {name} GRANT ALL ON SEQUENCES TO {StoreRole};
                ALTER DEFAULT PRIVILEGES IN SCHEMA {name} GRANT ALL ON FUNCTIONS TO {StoreRole};
                SET LOCAL ROLE {StoreRole};
                ALTER DEFAULT PRIVILEGES IN SCHEMA {name} GRANT ALL ON TABLES TO {role};
                ALTER DEFAULT PRIVILEGES IN SCHEMA {name} GRANT ALL ON SEQUENCES TO {role};
                RESET ROLE
                """,
                cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task ApplyAsync(NpgsqlConnection admin, ModuleSchema schema, CancellationToken cancellationToken)
    {
        var applied = new Dictionary<string, string>(StringComparer.Ordinal);
        await using (var command = new NpgsqlCommand("SELECT script, checksum FROM migrations.applied WHERE schema = $1", admin) { Parameters = { new() { Value = schema.Name } } })
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            while (await reader.ReadAsync(cancellationToken))
            {
                applied.Add(reader.GetString(0), reader.GetString(1));
            }
        }

        var scripts = schema.Scripts();
        foreach (var script in scripts)
        {
            if (!applied.Remove(script.Name, out var checksum))
            {
                await ApplyAsync(admin, schema, script, cancellationToken);
            }
            else if (checksum != script.Checksum)
            {
                throw new SchemaMismatchException(
                    $"The script {script.Name} of schema {schema.Name} was applied to this database with another text. A script that has been applied is never changed: restore it and write the change as a further script.");
            }
        }

        // A newer version's scripts during a rolling deployment: they only add, so this version can go on.
        foreach (var unknown in applied.Keys)
        {
            LogUnknownScript(unknown, schema.Name);
        }
    }

    private async Task ApplyAsync(NpgsqlConnection admin, ModuleSchema schema, SchemaScript script, CancellationToken cancellationToken)
    {
        await using var transaction = await admin.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(admin, $"SET LOCAL ROLE {schema.Role}", cancellationToken);
        try
        {
            await ExecuteAsync(admin, script.Sql, cancellationToken);
        }
        catch (PostgresException exception)
        {
            LogScriptFailed(exception, script.Name, schema.Name);
            throw;
        }

        await ExecuteAsync(admin, "RESET ROLE", cancellationToken);
        await using var record = new NpgsqlCommand("INSERT INTO migrations.applied (schema, script, checksum) VALUES ($1, $2, $3)", admin)
        {
            Parameters = { new() { Value = schema.Name }, new() { Value = script.Name }, new() { Value = script.Checksum } },
        };
        await record.ExecuteNonQueryAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        LogApplied(script.Name, schema.Name);
    }

    private static async Task ExecuteAsync(NpgsqlConnection admin, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, admin);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlConnection admin, string sql, string[] arguments, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, admin);
        foreach (var argument in arguments)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = argument });
        }

        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    [LoggerMessage(3001, LogLevel.Information, "Applied {Script} to schema {Schema}")]
    private partial void LogApplied(string script, string schema);

    [LoggerMessage(3002, LogLevel.Warning, "The server has no extension {Extension}; schema {Schema} goes on without it")]
    private partial void LogExtensionMissing(string extension, string schema);

    [LoggerMessage(3003, LogLevel.Warning, "The database has script {Script} of schema {Schema}, which this version does not carry: a newer version has been here")]
    private partial void LogUnknownScript(string script, string schema);

    [LoggerMessage(3004, LogLevel.Error, "Script {Script} of schema {Schema} failed")]
    private partial void LogScriptFailed(Exception exception, string script, string schema);
}
