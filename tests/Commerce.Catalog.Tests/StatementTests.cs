using Commerce.Testing;
using Npgsql;

namespace Commerce.Catalog.Tests;

[Collection(CatalogShop.Name)]
public sealed class StatementTests(ShopFixture shop)
{
    [Fact]
    public async Task Every_statement_fits_the_schema()
    {
        var statements = SqlConstant.Of(typeof(CatalogModule).Assembly);
        statements.Count.ShouldBeGreaterThan(60);
        var lists = ReadModels.ProductLists.Statements.ToList();
        lists.Count.ShouldBe(60);
        await using var connection = new NpgsqlConnection(shop.Database.ConnectionString);
        await connection.OpenAsync();
        await using (var path = new NpgsqlCommand("set search_path = catalog, public", connection))
        {
            await path.ExecuteNonQueryAsync();
        }

        foreach (var statement in statements)
        {
            (await SqlConstant.FaultAsync(connection, statement.Text)).ShouldBeNull(statement.ToString());
        }

        foreach (var list in lists)
        {
            (await SqlConstant.FaultAsync(connection, list)).ShouldBeNull(list);
        }
    }
}
