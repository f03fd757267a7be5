using Commerce.Testing;
using Npgsql;

namespace Commerce.Inventory.Tests;

public sealed class StatementTests(InventoryFixture fixture) : IClassFixture<InventoryFixture>
{
    [Fact]
    public async Task Every_statement_fits_the_schema()
    {
        var statements = SqlConstant.Of(typeof(InventoryModule).Assembly);
        statements.Count.ShouldBeGreaterThanOrEqualTo(12);
        await using var connection = new NpgsqlConnection(fixture.Postgres);
        await connection.OpenAsync();
        foreach (var statement in statements)
        {
            (await SqlConstant.FaultAsync(connection, statement.Text)).ShouldBeNull(statement.ToString());
        }
    }
}
