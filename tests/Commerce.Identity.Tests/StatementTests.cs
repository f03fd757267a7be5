using System.Reflection;
using System.Text.RegularExpressions;
using Npgsql;

namespace Commerce.Identity.Tests;

public sealed class StatementTests(IdentityFixture fixture) : IClassFixture<IdentityFixture>
{
    private static readonly string[] Verbs = ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "];

    /// <summary>Every SQL constant of the module, found by reflection.</summary>
    public static IReadOnlyList<(string Name, string Sql)> Statements { get; } =
    [
        .. typeof(IdentityModule).Assembly.GetTypes()
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(field => field is { IsLiteral: true, FieldType: { } type } && type == typeof(string))
            .Select(field => (Name: $"{field.DeclaringType!.Name}.{field.Name}", Sql: (string)field.GetRawConstantValue()!))
            .Where(constant => Verbs.Any(verb => constant.Sql.StartsWith(verb, StringComparison.Ordinal))),
    ];

    [Fact]
    public async Task Every_statement_fits_the_schema()
    {
        Statements.Count.ShouldBeGreaterThanOrEqualTo(20);
        await using var connection = new NpgsqlConnection(fixture.Postgres);
        await connection.OpenAsync();
        foreach (var (name, sql) in Statements)
        {
            await using var command = new NpgsqlCommand($"PREPARE fits AS {Positional(sql)}; DEALLOCATE fits", connection);
            await Should.NotThrowAsync(command.ExecuteNonQueryAsync, $"{name}: {sql}");
        }
    }

    /// <summary>Dapper's @name parameters as PostgreSQL's own.</summary>
    private static string Positional(string sql)
    {
        var names = new List<string>();
        return Regex.Replace(
            sql,
            "(?<![@<])@([a-zA-Z]+)",
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
