using System.Reflection;
using System.Text.RegularExpressions;
using Commerce.Testing;
using Npgsql;

namespace Commerce.Catalog.Tests;

[Collection(CatalogShop.Name)]
public sealed class StatementTests(ShopFixture shop)
{
    private static readonly string[] Verbs = ["select ", "insert ", "update ", "delete "];

    [Fact]
    public async Task Every_statement_fits_the_schema()
    {
        var statements = typeof(CatalogModule).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => field is { IsLiteral: true, IsAssembly: true } && field.FieldType == typeof(string))
            .Select(field => (Name: $"{field.DeclaringType!.Name}.{field.Name}", Sql: (string)field.GetRawConstantValue()!))
            .Where(constant => Verbs.Any(verb => constant.Sql.StartsWith(verb, StringComparison.Ordinal)))
            .ToList();
        statements.Count.ShouldBeGreaterThan(60);
        await using var connection = new NpgsqlConnection(shop.Database.ConnectionString);
        await connection.OpenAsync();
        await using (var path = new NpgsqlCommand("set search_path = catalog, public", connection))
        {
            await path.ExecuteNonQueryAsync();
        }

        foreach (var (name, sql) in statements)
        {
            await using var command = new NpgsqlCommand($"prepare fits as {Positional(sql)}; deallocate fits", connection);
            await Should.NotThrowAsync(command.ExecuteNonQueryAsync, $"{name}: {sql}");
        }
    }

    private static string Positional(string sql)
    {
        var names = new List<string>();
        return Regex.Replace(
            sql,
            "(?<![@<])@([A-Za-z]+)",
            match =>
            {
                if (!names.Contains(match.Groups[1].Value))
                {
                    names.Add(match.Groups[1].Value);
                }

                return $"${names.IndexOf(match.Groups[1].Value) + 1}";
            },
            RegexOptions.None,
            TimeSpan.FromSeconds(1));
    }
}
