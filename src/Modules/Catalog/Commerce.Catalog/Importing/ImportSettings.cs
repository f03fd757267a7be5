using Commerce.Catalog.Wire;
using Commerce.Outcomes;
using Microsoft.AspNetCore.Http;

namespace Commerce.Catalog.Importing;

/// <summary>What an import was asked for.</summary>
/// <param name="IsCsv">CSV, else NDJSON.</param>
/// <param name="DryRun">True decides every row and changes nothing.</param>
/// <param name="Delimiter">What parts the cells of CSV.</param>
/// <param name="Columns">Our column by the file's, for columns that go by other names.</param>
internal sealed record ImportSettings(bool IsCsv, bool DryRun, char Delimiter, IReadOnlyDictionary<string, string> Columns)
{
    private const int MostColumns = 200;

    /// <summary>Reads them from an address: <c>dryRun=true</c>, <c>delimiter=;</c>, and <c>map=Theirs:ours</c> as often as needed.</summary>
    public static Outcome<ImportSettings> Read(bool isCsv, IQueryCollection query)
    {
        var findings = new Findings();
        var dry = query["dryRun"].ToString();
        findings.Check(dry is "" or "true" or "false", "dryRun", "true or false.");
        var delimiter = query["delimiter"].ToString() switch
        {
            "" or "," or "comma" => ',',
            ";" or "semicolon" => ';',
            "\t" or "tab" => '\t',
            "|" or "pipe" => '|',
            _ => '\0',
        };
        findings.Check(delimiter != '\0', "delimiter", "comma, semicolon, tab or pipe.");
        var map = query["map"];
        findings.Check(isCsv || map.Count == 0, "map", "Only CSV has columns to map.");
        findings.Check(map.Count <= MostColumns, "map", $"At most {MostColumns} columns.");
        var columns = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in map.OfType<string>().Take(MostColumns))
        {
            // Theirs may hold a colon, ours does not.
            var colon = pair.LastIndexOf(':');
            if (colon <= 0 || !CsvProduct.Knows(pair[(colon + 1)..].Trim()))
            {
                findings.Add("map", "Theirs:ours, where ours is a documented column, such as Preis:price.");
            }
            else
            {
                findings.Check(columns.TryAdd(pair[..colon].Trim(), pair[(colon + 1)..].Trim()), "map", "A column is mapped twice.");
            }
        }

        return findings.Any ? findings.Failure() : new ImportSettings(isCsv, dry == "true", delimiter, columns);
    }
}
