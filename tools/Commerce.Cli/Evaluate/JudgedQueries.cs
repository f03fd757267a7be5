using Commerce.Cli.Import;

namespace Commerce.Cli.Evaluate;

/// <summary>A query and what graders thought of documents for it.</summary>
/// <param name="Text">As it is typed.</param>
/// <param name="Gains">The rating by document id.</param>
internal sealed record JudgedQuery(string Text, IReadOnlyDictionary<string, int> Gains)
{
    /// <summary>The queries of a file of judgments (<c>query,docid,rating</c>) that have any document worth finding.</summary>
    public static IReadOnlyList<JudgedQuery> Read(string path) =>
        [.. Rows(path)
            .GroupBy(row => row[0], StringComparer.Ordinal)
            .Select(rows => new JudgedQuery(rows.Key, rows.ToDictionary(row => row[1], row => (int)double.Parse(row[2], System.Globalization.CultureInfo.InvariantCulture), StringComparer.Ordinal)))
            .Where(query => query.Gains.Values.Any(gain => gain > 0))];

    /// <summary>Mistyped forms (<c>query,kind,typo</c>) of judged queries, each judged like the query that was meant.</summary>
    public static IReadOnlyList<JudgedQuery> ReadTypos(string path, IReadOnlyList<JudgedQuery> meant)
    {
        var gains = meant.ToDictionary(query => query.Text, query => query.Gains, StringComparer.Ordinal);
        return [.. Rows(path).Where(row => gains.ContainsKey(row[0])).Select(row => new JudgedQuery(row[2], gains[row[0]]))];
    }

    private static IEnumerable<List<string>> Rows(string path) => File.ReadLines(path).Skip(1).Where(line => line.Length > 0).Select(CsvLine.Split);
}

/// <summary>A Korean query and the name that it asks for.</summary>
internal sealed record KoreanQuery(string Kind, string Text, string Name)
{
    /// <summary>The queries of a file (<c>kind,query,target_leaf</c>).</summary>
    public static IReadOnlyList<KoreanQuery> Read(string path) =>
        [.. File.ReadLines(path).Skip(1).Where(line => line.Length > 0).Select(CsvLine.Split).Select(row => new KoreanQuery(row[0], row[1], row[2]))];
}
