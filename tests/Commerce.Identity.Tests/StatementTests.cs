using Commerce.Testing;
using Npgsql;

namespace Commerce.Identity.Tests;

public sealed class StatementTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    [Fact]
    public async Task Every_statement_fits_the_schema()
    {
        var statements = SqlConstant.Of(typeof(IdentityModule).Assembly);
        statements.Count.ShouldBeGreaterThanOrEqualTo(20);
        await using var connection = new NpgsqlConnection(fixture.Postgres);
        await connection.OpenAsync();
        foreach (var statement in statements)
        {
            (await SqlConstant.FaultAsync(connection, statement.Text)).ShouldBeNull(statement.ToString());
        }
    }
}
