using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace Commerce.ReadModels;

/// <summary>One schema of the database, its role and its scripts.</summary>
public sealed partial record ModuleSchema
{
    /// <summary>The event store's schema, the first to be made.</summary>
    public const string Events = "events";

    /// <summary>Checks the name, which becomes part of statements.</summary>
    /// <exception cref="ArgumentException">The name is no plain lower-case identifier.</exception>
    public ModuleSchema(string name, Assembly assembly, IReadOnlyList<string> extensions)
    {
        foreach (var identifier in extensions.Prepend(name).Where(identifier => !PlainIdentifier().IsMatch(identifier)))
        {
            throw new ArgumentException($"'{identifier}' is no plain lower-case identifier.", nameof(name));
        }

        Name = name;
        Assembly = assembly;
        Extensions = extensions;
    }

    /// <summary>The schema's name.</summary>
    public string Name { get; }

    /// <summary>Where its scripts are embedded.</summary>
    public Assembly Assembly { get; }

    /// <summary>PostgreSQL extensions that its scripts use where the server has them.</summary>
    public IReadOnlyList<string> Extensions { get; }

    /// <summary>The role that owns the schema and that its module logs in as.</summary>
    public string Role => RoleOf(Name);

    /// <summary>The role of a schema.</summary>
    public static string RoleOf(string schema) => $"commerce_{schema}";

    /// <summary>The embedded <c>Schema/*.sql</c> in the order of their names.</summary>
    internal IReadOnlyList<SchemaScript> Scripts() =>
    [
        .. Assembly.GetManifestResourceNames()
            .Where(resource => resource.Contains(SchemaScript.Folder, StringComparison.Ordinal) && resource.EndsWith(".sql", StringComparison.Ordinal))
            .Select(resource => SchemaScript.Read(Assembly, resource))
            .OrderBy(script => script.Name, StringComparer.Ordinal),
    ];

    [GeneratedRegex("^[a-z][a-z0-9_]{0,40}$", RegexOptions.CultureInvariant, 100)]
    private static partial Regex PlainIdentifier();
}

/// <summary>One script, applied once.</summary>
/// <param name="Name">The file's name.</param>
/// <param name="Sql">Its text.</param>
/// <param name="Checksum">SHA-256 of the text with LF line ends, so that a checkout with CRLF is the same script.</param>
internal sealed record SchemaScript(string Name, string Sql, string Checksum)
{
    public const string Folder = ".Schema.";

    public static SchemaScript Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        var sql = reader.ReadToEnd().ReplaceLineEndings("\n");
        return new SchemaScript(
            resource[(resource.LastIndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..],
            sql,
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql))));
    }
}
