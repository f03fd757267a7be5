using System.Data;
using Commerce.Testing;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.ReadModels.Tests;

public sealed class SchemaMigratorTests
{
    private static readonly ModuleSchema Store = new(ModuleSchema.Events, typeof(EventStore.IEventStore).Assembly, []);
    private static readonly ModuleSchema Notes = new("notes", typeof(NotesDatabase).Assembly, ["pg_trgm", "no_such_extension"]);
    private static readonly ModuleSchema Other = new("other", typeof(Assert).Assembly, []);

    [Fact]
    public async Task A_module_owns_its_tables_and_a_second_run_changes_nothing()
    {
        await using var database = await MigratedAsync();
        await using var admin = await OpenAsync(database.ConnectionString);
        var before = await admin.QueryAsync<(string, string, DateTimeOffset)>("SELECT schema, script, applied_at FROM migrations.applied ORDER BY 1, 2");
        before.Select(row => $"{row.Item1} {row.Item2}").ShouldContain("notes 0001_notes.sql");
        (await admin.ExecuteScalarAsync<string>("SELECT tableowner FROM pg_tables WHERE schemaname = 'notes' AND tablename = 'note'")).ShouldBe("commerce_notes");
        (await admin.ExecuteScalarAsync<string>("SELECT tableowner FROM pg_tables WHERE schemaname = 'events' AND tablename = 'mt_events'")).ShouldBe("commerce_events");

        await MigrateAsync(database.ConnectionString);

        (await admin.QueryAsync<(string, string, DateTimeOffset)>("SELECT schema, script, applied_at FROM migrations.applied ORDER BY 1, 2")).ShouldBe(before);
    }

    [Fact]
    public async Task Many_hosts_migrate_many_databases_of_a_fresh_cluster_at_once()
    {
        await using var server = await TestPostgres.StartServerAsync();
        await using (var admin = await OpenAsync(server.ConnectionStringFor("postgres")))
        {
            foreach (var name in new[] { "one", "two", "three" })
            {
                await admin.ExecuteAsync($"CREATE DATABASE {name}");
            }
        }

        var strings = new[] { "one", "two", "three" }.Select(server.ConnectionStringFor).ToArray();

        await Task.WhenAll(strings.Concat(strings).Concat(strings).Select(MigrateAsync));

        foreach (var connectionString in strings)
        {
            await using var notes = await OpenAsync(new RoleConnections(connectionString).Probe("commerce_notes"));
            (await notes.ExecuteScalarAsync<long>("SELECT count(*) FROM notes.note")).ShouldBe(0);
        }
    }

    [Fact]
    public async Task A_script_that_changed_after_it_was_applied_is_refused_by_name()
    {
        await using var database = await MigratedAsync();
        await using (var admin = await OpenAsync(database.ConnectionString))
        {
            await admin.ExecuteAsync("UPDATE migrations.applied SET checksum = 'another' WHERE schema = 'notes' AND script = '0002_note_texts.sql'");
        }

        var refused = await Should.ThrowAsync<SchemaMismatchException>(() => MigrateAsync(database.ConnectionString));

        refused.Message.ShouldContain("0002_note_texts.sql");
        refused.Message.ShouldContain("notes");
    }

    [Fact]
    public async Task A_script_of_a_newer_version_does_not_stop_this_one()
    {
        await using var database = await MigratedAsync();
        await using (var admin = await OpenAsync(database.ConnectionString))
        {
            await admin.ExecuteAsync("INSERT INTO migrations.applied (schema, script, checksum) VALUES ('notes', '0003_later.sql', 'x')");
        }

        await MigrateAsync(database.ConnectionString);
    }

    [Theory]
    [InlineData("commerce_other", "SELECT 1 FROM notes.note")]
    [InlineData("commerce_other", "SELECT 1 FROM events.mt_events")]
    [InlineData("commerce_notes", "SELECT 1 FROM events.mt_streams")]
    [InlineData("commerce_notes", "DELETE FROM events.mt_events")]
    [InlineData("commerce_notes", "CREATE TABLE other.mine (id int)")]
    [InlineData("commerce_notes", "CREATE TABLE events.mine (id int)")]
    [InlineData("commerce_notes", "SELECT 1 FROM migrations.applied")]
    [InlineData("commerce_events", "SELECT 1 FROM migrations.applied")]
    [InlineData("commerce_notes", "SET ROLE commerce_other")]
    [InlineData("commerce_notes", "SET ROLE commerce_events")]
    public async Task A_role_stays_behind_its_wall(string role, string sql)
    {
        await using var database = await MigratedAsync();
        await using var connection = await OpenAsync(new RoleConnections(database.ConnectionString).Probe(role));

        var refused = await Should.ThrowAsync<PostgresException>(() => connection.ExecuteAsync(sql));

        refused.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task The_store_writes_into_a_module_and_may_act_as_it()
    {
        await using var database = await MigratedAsync();
        await using var store = await OpenAsync(new RoleConnections(database.ConnectionString).Probe("commerce_events"));
        await store.ExecuteAsync("INSERT INTO notes.note VALUES (gen_random_uuid(), 'x', 1, now()); TRUNCATE notes.note");

        await using (var transaction = await store.BeginTransactionAsync())
        {
            await store.ExecuteAsync("SET LOCAL ROLE commerce_notes; CREATE TABLE notes_rebuild.note (LIKE notes.note INCLUDING ALL); DROP TABLE notes.note; ALTER TABLE notes_rebuild.note SET SCHEMA notes");
            await transaction.CommitAsync();
        }

        await store.ExecuteAsync("CREATE TABLE notes.extra (id int); INSERT INTO notes.note VALUES (gen_random_uuid(), 'x', 1, now())");
        await using var module = await OpenAsync(new RoleConnections(database.ConnectionString).Probe("commerce_notes"));
        (await module.ExecuteScalarAsync<long>("SELECT count(*) FROM notes.note, notes.extra")).ShouldBe(0);
    }

    [Fact]
    public async Task An_owner_who_is_no_superuser_may_migrate_and_a_changed_password_is_carried_over()
    {
        await using var server = await TestPostgres.StartServerAsync();
        await using (var admin = await OpenAsync(server.ConnectionStringFor("postgres")))
        {
            await admin.ExecuteAsync("CREATE ROLE shop LOGIN CREATEROLE PASSWORD 'first'");
            await admin.ExecuteAsync("CREATE DATABASE shop OWNER shop");
        }

        var first = new NpgsqlConnectionStringBuilder(server.ConnectionStringFor("shop")) { Username = "shop", Password = "first" }.ConnectionString;
        var second = new NpgsqlConnectionStringBuilder(first) { Password = "second" }.ConnectionString;

        await MigrateAsync(first);
        await using (var shop = await OpenAsync(first))
        {
            await shop.ExecuteAsync("ALTER ROLE shop PASSWORD 'second'");
        }

        await MigrateAsync(second);

        new RoleConnections(first).PasswordOf("commerce_notes").ShouldNotBe(new RoleConnections(second).PasswordOf("commerce_notes"));
        await using var notes = await OpenAsync(new RoleConnections(second).Probe("commerce_notes"));
        notes.State.ShouldBe(ConnectionState.Open);
        var old = await Should.ThrowAsync<PostgresException>(() => OpenAsync(new RoleConnections(first).Probe("commerce_notes")));
        old.SqlState.ShouldBe(PostgresErrorCodes.InvalidPassword);
    }

    [Fact]
    public void Every_host_derives_the_same_password_and_no_two_roles_share_one()
    {
        const string admin = "Host=db;Username=admin;Password=secret;Database=shop";
        new RoleConnections(admin).PasswordOf("commerce_notes").ShouldBe(new RoleConnections(admin).PasswordOf("commerce_notes"));
        new RoleConnections(admin).PasswordOf("commerce_notes").ShouldNotBe(new RoleConnections(admin).PasswordOf("commerce_other"));

        var derived = new NpgsqlConnectionStringBuilder(new RoleConnections(admin).For("commerce_notes", 7));
        derived.Username.ShouldBe("commerce_notes");
        derived.Database.ShouldBe("shop");
        derived.Host.ShouldBe("db");
        derived.MaxPoolSize.ShouldBe(7);
        derived.ApplicationName.ShouldBe("commerce-notes");
        derived.Password!.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("Notes")]
    [InlineData("notes; drop schema events")]
    [InlineData("")]
    public void A_schema_has_a_plain_name(string name) =>
        Should.Throw<ArgumentException>(() => new ModuleSchema(name, typeof(NotesDatabase).Assembly, []));

    private static async Task<TestDatabase> MigratedAsync() => await TestPostgres.CreateDatabaseAsync("migrated", MigrateAsync);

    private static Task MigrateAsync(string connectionString) =>
        new SchemaMigrator(new RoleConnections(connectionString), [Other, Notes, Store], NullLogger<SchemaMigrator>.Instance).MigrateAsync(CancellationToken.None);

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString);
        try
        {
            await connection.OpenAsync();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
