using System.Text;
using Commerce.Benchmarks.Harness;
using Npgsql;

namespace Commerce.Benchmarks.Search;

/// <summary>What shoppers ask of a synthetic catalogue, out of the names in it: mixed as searches are, each query with its facets.</summary>
public static class SearchQueries
{
    private const int Most = 1_000;

    // Deterministic: the same catalogue is asked the same.
    private const string Sample = """
        select d #>> '{translations,en,name}', d #>> '{translations,ko,name}', d #>> '{attributes,brand}', d #>> '{attributes,model}'
          from (select slug, document::jsonb as d from catalog.products where slug in (select slug from catalog.products order by md5(slug) limit 1000)) as sampled order by md5(slug)
        """;

    /// <summary>A text that is looked for, and filters besides.</summary>
    public sealed record Query(string Text, string Filters);

    public static async Task<IReadOnlyList<Query>> ReadAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(Sample, connection) { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync();
        var queries = new List<Query>(Most);
        while (await reader.ReadAsync())
        {
            var (english, korean, brand, model) = (reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3));
            // Brand, line and model stand around what the thing is.
            var thing = english.Split(' ')[2..^1].Where(word => word.Length > 2).ToArray();
            var last = thing.Length > 0 ? thing[^1] : brand;
            queries.Add((queries.Count % 20) switch
            {
                < 6 => new Query(string.Join(' ', thing.TakeLast(2)), ""),
                < 9 => new Query($"{brand} {last}", ""),
                < 11 => new Query(last, ""),
                < 13 => new Query(model, ""),
                13 => new Query(last.Length > 4 ? last.Remove(last.Length / 2, 1) : last, ""),
                14 => new Query(last.Length > 4 ? last[..^2] : last, ""),
                < 18 => new Query(string.Join(' ', korean.Split(' ')[..^1]), ""),
                18 => new Query(last, "&attr.brand=" + Uri.EscapeDataString(brand)),
                _ => new Query(string.Join(' ', thing.TakeLast(2)), "&sort=price&minPrice=10&inStock=false"),
            });
        }

        return queries;
    }
}

/// <summary>Searches over HTTP; right is a 200 with a page and its facets.</summary>
public sealed class SearchTraffic : IHttpTraffic
{
    private readonly byte[][] _requests;
    private readonly Random _random = new(1);

    public SearchTraffic(IReadOnlyList<SearchQueries.Query> queries) =>
        _requests = [.. queries.Select(query => Encoding.ASCII.GetBytes($"GET /api/v1/search?q={Uri.EscapeDataString(query.Text)}{query.Filters} HTTP/1.1\r\nHost: shop\r\n\r\n"))];

    public int Write(int connection, Span<byte> request)
    {
        var next = _requests[_random.Next(_requests.Length)];
        next.CopyTo(request);
        return next.Length;
    }

    public bool IsRight(int connection, in HttpAnswer answer) => answer.Status == 200 && answer.Body.IndexOf("\"facets\":["u8) >= 0;
}
