using Commerce.EventStore;
using Commerce.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Commerce.Host.Tests;

/// <summary>
/// The writers' sessions vouch for their rows (<c>session_replication_role = replica</c>): neither foreign keys nor triggers fire there. A table that an
/// inline read model writes must not count on them.
/// </summary>
public sealed class InlineTablesTests(ShopFixture shop) : IClassFixture<ShopFixture>
{
    private const string Guarded = "select distinct tgrelid::regclass::text from pg_trigger where tgrelid::regclass::text = any ($1) and tgenabled = 'O'";

    [Fact]
    public async Task No_table_of_an_inline_read_model_has_a_foreign_key_or_a_trigger()
    {
        var tables = shop.Services.GetServices<IInlineProjection>().SelectMany(projection => projection.Tables).Distinct().ToArray();
        tables.Length.ShouldBeGreaterThan(10);
        (await AskAsync(tables)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_table_with_one_is_found() => (await AskAsync(["events.mt_events"])).ShouldBe(["events.mt_events"]);

    private async Task<List<string>> AskAsync(string[] tables)
    {
        await using var connection = new NpgsqlConnection(shop.Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(Guarded, connection) { Parameters = { new() { Value = tables } } };
        await using var reader = await command.ExecuteReaderAsync();
        var found = new List<string>();
        while (await reader.ReadAsync())
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }
}
