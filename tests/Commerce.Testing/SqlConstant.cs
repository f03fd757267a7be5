using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Npgsql;

namespace Commerce.Testing;

/// <summary>An SQL statement that stands in code as a constant.</summary>
public sealed record SqlConstant(Type Type, string Name, string Text)
{
    private static readonly Regex Statement = new(@"^\s*(?:--[^\n]*\n\s*)*(select|insert|update|delete|with|merge)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));

    // A parameter, but neither a cast (::text), an operator of arrays and JSON (@>, <@, @@) nor the content of a string.
    private static readonly Regex Parameter = new("'(?:[^']|'')*'|(?<![@<:\\w])[@:](?<name>[A-Za-z_]\\w*)", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));

    public override string ToString() => $"{Type.FullName}.{Name}";

    /// <summary>All of an assembly, private ones included; a constant that another one of its type is made of is no statement yet.</summary>
    public static IReadOnlyList<SqlConstant> Of(Assembly assembly)
    {
        var all = Constants(assembly);
        return [.. all.Where(one => !all.Any(other => other != one && other.Type == one.Type && other.Text.Length > one.Text.Length && other.Text.Contains(one.Text, StringComparison.Ordinal)))];
    }

    /// <summary>A statement with its named parameters numbered, as PostgreSQL wants them.</summary>
    public static string Numbered(string sql)
    {
        var names = new List<string>();
        return Parameter.Replace(sql, match =>
        {
            if (!match.Groups["name"].Success || (match.Index > 0 && sql[match.Index - 1] == ':'))
            {
                return match.Value;
            }

            var name = match.Groups["name"].Value;
            if (!names.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                names.Add(name);
            }

            return "$" + (names.FindIndex(known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) + 1).ToString(CultureInfo.InvariantCulture);
        });
    }

    /// <summary>The plan that PostgreSQL makes of a statement without knowing its parameters, line by line.</summary>
    public static async Task<IReadOnlyList<string>> PlanAsync(NpgsqlConnection connection, string sql)
    {
        var numbered = Numbered(sql);
        var count = Enumerable.Range(1, 99).LastOrDefault(number => Regex.IsMatch(numbered, $@"\${number}(?!\d)", RegexOptions.None, TimeSpan.FromSeconds(5)));
        foreach (var step in (string[])["set plan_cache_mode = force_generic_plan", "deallocate all", "prepare planned as " + numbered])
        {
            await using var prepare = new NpgsqlCommand(step, connection);
            await prepare.ExecuteNonQueryAsync();
        }

        var values = count == 0 ? "" : $"({string.Join(", ", Enumerable.Repeat("null", count))})";
        await using var explain = new NpgsqlCommand($"explain (costs off) execute planned{values}", connection);
        await using var reader = await explain.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
        {
            lines.Add(reader.GetString(0));
        }

        return lines;
    }

    /// <summary>What PostgreSQL says against preparing a statement, or null.</summary>
    public static async Task<string?> FaultAsync(NpgsqlConnection connection, string sql)
    {
        var numbered = Numbered(sql);
        try
        {
            await using var prepare = new NpgsqlCommand("prepare wall as " + numbered, connection);
            await prepare.ExecuteNonQueryAsync();
            await using var forget = new NpgsqlCommand("deallocate wall", connection);
            await forget.ExecuteNonQueryAsync();
            return null;
        }
        catch (PostgresException fault)
        {
            return $"{fault.SqlState}: {fault.MessageText}";
        }
    }

    private static List<SqlConstant> Constants(Assembly assembly) =>
    [
        .. from type in assembly.GetTypes()
           from field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
           where field.IsLiteral && field.FieldType == typeof(string)
           let text = (string?)field.GetRawConstantValue()
           where text is not null && Statement.IsMatch(text)
           select new SqlConstant(type, field.Name, text),
    ];
}
