using Commerce.Testing;
using Npgsql;

namespace Commerce.Messages.Tests;

[Collection(MessageShopCollection.Name)]
public sealed class StatementTests(MessageShop shop)
{
    [Fact]
    public async Task Every_statement_fits_the_schema()
    {
        var statements = SqlConstant.Of(typeof(MessagesModule).Assembly);
        statements.Count.ShouldBeGreaterThanOrEqualTo(12);
        await using var connection = new NpgsqlConnection(shop.Database.ConnectionString);
        await connection.OpenAsync();
        foreach (var statement in statements)
        {
            (await SqlConstant.FaultAsync(connection, statement.Text)).ShouldBeNull(statement.ToString());
        }
    }
}
