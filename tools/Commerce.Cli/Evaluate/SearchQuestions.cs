using System.Text.Json;
using Commerce.Cli.Import;

namespace Commerce.Cli.Evaluate;

/// <summary>Asks <c>GET /search</c> as a storefront does.</summary>
internal sealed class SearchQuestions(Uri address) : IDisposable
{
    private const int Depth = 10;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient client = new() { BaseAddress = address };

    public void Dispose() => client.Dispose();

    /// <summary>Waits until everything that was imported can be found.</summary>
    public async Task SettleAsync(CancellationToken cancellationToken)
    {
        // Other projections feed the search index, so it has settled when it stays so for a moment.
        for (var still = 0; still < 3; await Task.Delay(BetweenLooks, cancellationToken))
        {
            using var answer = await client.GetAsync(new Uri("api/v1/search?limit=1", UriKind.Relative), cancellationToken);
            still = answer.Headers.TryGetValues("X-Projection-Lag", out var lag) && lag.First().StartsWith("0;", StringComparison.Ordinal) ? still + 1 : 0;
        }
    }

    /// <summary>A field of the first ten items, in order.</summary>
    public async Task<IReadOnlyList<string>> AskAsync(string text, string? locale, Func<JsonElement, string> field, CancellationToken cancellationToken)
    {
        var query = $"api/v1/search?limit={Depth}&q={Uri.EscapeDataString(text)}" + (locale is null ? "" : "&locale=" + locale);
        using var answer = await client.GetAsync(new Uri(query, UriKind.Relative), cancellationToken);
        var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
        return answer.IsSuccessStatusCode
            ? [.. JsonSerializer.Deserialize<JsonElement>(body).GetProperty("items").EnumerateArray().Select(field)]
            : throw new ImportException($"'{text}' was answered with {(int)answer.StatusCode}.");
    }

    /// <summary>Asks something of many at once.</summary>
    public static async Task<double[]> ForEachAsync<T>(IReadOnlyList<T> all, Func<T, CancellationToken, Task<double>> ask, CancellationToken cancellationToken)
    {
        var scores = new double[all.Count];
        await Parallel.ForAsync(0, all.Count, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = cancellationToken }, async (at, token) => scores[at] = await ask(all[at], token));
        return scores;
    }
}
