using Commerce.Architecture.Tests.BadSamples;
using Commerce.Architecture.Tests.Reading;
using Commerce.Architecture.Tests.Rules;
using Commerce.EventStore;
using Commerce.ReadModels;
using Commerce.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Commerce.Architecture.Tests;

public sealed class DataWallTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    private const string TablesOfTheShop = "select schemaname, tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema', 'public') order by 1, 2";

    private IReadOnlyList<ModuleSchema> Schemas => [.. shop.Services.GetServices<ModuleSchema>()];

    private IReadOnlyList<ModuleSchema> ModuleSchemas => [.. Schemas.Where(schema => schema.Name != ModuleSchema.Events)];

    [Fact]
    public async Task The_schemas_are_those_of_the_modules_on_the_disk()
    {
        ModuleSchemas.Select(schema => schema.Name).Order(StringComparer.Ordinal).ShouldBe(Disk.Modules.Select(module => module.ToLowerInvariant()));
        var tables = await TablesAsync();
        foreach (var schema in Schemas)
        {
            tables.ShouldContain(table => table.Schema == schema.Name);
        }
    }

    [Fact]
    public async Task No_module_reads_anothers_tables()
    {
        var tables = await TablesAsync();
        foreach (var schema in ModuleSchemas)
        {
            await using var connection = await OpenAsync(schema.Role);

            (await SqlWall.OpenTablesAsync(connection, schema.Name, tables)).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Every_statement_of_a_module_works_on_the_migrated_schema_under_its_own_role()
    {
        var faults = new List<string>();
        foreach (var schema in ModuleSchemas)
        {
            var statements = SqlConstant.Of(schema.Assembly);
            statements.ShouldNotBeEmpty(schema.Name);
            await using var own = await OpenAsync(schema.Role);
            // The daemon names the schema for a subscription, so that a rebuild can name another one: such statements leave it out.
            await using var inSubscription = await OpenAsync(schema.Role);
            await ExecuteAsync(inSubscription, $"set search_path = {schema.Name}, public");
            await using var events = await OpenAsync(ModuleSchema.RoleOf(ModuleSchema.Events));
            foreach (var statement in statements)
            {
                var isInline = Around(statement.Type).Any(type => typeof(IInlineProjection).IsAssignableFrom(type));
                var fault = await SqlConstant.FaultAsync(isInline ? events : own, statement.Text);
                if (fault is not null && !isInline)
                {
                    fault = await SqlConstant.FaultAsync(inSubscription, statement.Text);
                }

                if (fault is not null)
                {
                    faults.Add($"{statement}: {fault}");
                }
            }
        }

        faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_grant_too_many_is_found()
    {
        await using var admin = new NpgsqlConnection(shop.Database.ConnectionString);
        await admin.OpenAsync();
        await ExecuteAsync(admin, "create schema side; create table side.door (id int); grant usage on schema side to commerce_orders; grant select on side.door to commerce_orders");
        await using var connection = await OpenAsync("commerce_orders");

        (await SqlWall.OpenTablesAsync(connection, "orders", [("side", "door")])).ShouldHaveSingleItem();
        await ExecuteAsync(admin, "drop schema side cascade");
    }

    [Fact]
    public async Task A_statement_on_nothing_is_found()
    {
        var samples = SqlConstant.Of(typeof(BadSql).Assembly).Where(statement => statement.Type == typeof(BadSql)).ToList();
        await using var connection = await OpenAsync("commerce_orders");

        samples.Select(sample => sample.Name).ShouldBe([nameof(BadSql.NoSuchTable), nameof(BadSql.NoSuchColumn)]);
        foreach (var sample in samples)
        {
            (await SqlConstant.FaultAsync(connection, sample.Text)).ShouldNotBeNull(sample.Name);
        }

        (await SqlConstant.FaultAsync(connection, "select * from catalog.products")).ShouldNotBeNull();
        (await SqlConstant.FaultAsync(connection, "select @a::text, ':b', '{}'::jsonb @> @c::jsonb where 1 = any(@d::int[])")).ShouldBeNull();
    }

    private static IEnumerable<Type> Around(Type type)
    {
        for (var current = type; current is not null; current = current.DeclaringType)
        {
            yield return current;
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private async Task<NpgsqlConnection> OpenAsync(string role)
    {
        var connection = new NpgsqlConnection(shop.Services.GetRequiredService<RoleConnections>().For(role, 2));
        await connection.OpenAsync();
        return connection;
    }

    private async Task<IReadOnlyList<(string Schema, string Table)>> TablesAsync()
    {
        await using var connection = new NpgsqlConnection(shop.Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(TablesOfTheShop, connection);
        await using var reader = await command.ExecuteReaderAsync();
        var tables = new List<(string, string)>();
        while (await reader.ReadAsync())
        {
            tables.Add((reader.GetString(0), reader.GetString(1)));
        }

        return tables;
    }
}
