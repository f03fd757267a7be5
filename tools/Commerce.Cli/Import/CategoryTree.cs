using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Commerce.Cli.Import;

/// <summary>
/// A file of categories (<c>slug</c>, <c>parent</c>, <c>translations</c>; parents first), created where the shop lacks
/// them. Rows of products name their categories by slug.
/// </summary>
internal static class CategoryTree
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task EnsureAsync(
        ShopConnection shop, string path, CancellationToken cancellationToken)
    {
        var ids = await KnownAsync(shop, cancellationToken);
        foreach (var line in await File.ReadAllLinesAsync(path, Encoding.UTF8, cancellationToken))
        {
            if (string.IsNullOrWhiteSpace(line) || JsonNode.Parse(line) is not JsonObject row)
            {
                continue;
            }

            var slug = row["slug"]!.GetValue<string>();
            if (ids.ContainsKey(slug))
            {
                continue;
            }

            if (row["parent"]?.GetValue<string>() is { } parent)
            {
                row["parentId"] = ids[parent];
            }

            row.Remove("parent");
            var body = Encoding.UTF8.GetBytes(row.ToJsonString());
            var answer = await shop.SendAsync(() => Post(body, "category-" + slug), Patience, cancellationToken);
            if (!answer.IsSuccess)
            {
                throw new ImportException($"The category {slug} was not created: {answer.Describe()}");
            }

            ids[slug] = answer.Json().GetProperty("id").GetString()!;
        }
    }

    private static HttpRequestMessage Post(byte[] body, string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "api/v1/categories") { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        return request;
    }

    private static async Task<Dictionary<string, string>> KnownAsync(ShopConnection shop, CancellationToken cancellationToken)
    {
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        for (string? cursor = ""; cursor is not null;)
        {
            var query = "api/v1/categories?limit=100" + (cursor.Length > 0 ? "&cursor=" + Uri.EscapeDataString(cursor) : "");
            var answer = await shop.SendAsync(() => new HttpRequestMessage(HttpMethod.Get, query), Patience, cancellationToken);
            if (!answer.IsSuccess)
            {
                throw new ImportException("The categories cannot be read: " + answer.Describe());
            }

            var page = answer.Json();
            Collect(page.ValueKind == JsonValueKind.Array ? page : page.GetProperty("items"), ids);
            cursor = page.ValueKind == JsonValueKind.Object && page.TryGetProperty("nextCursor", out var next) ? next.GetString() : null;
        }

        return ids;
    }

    // The list may be flat or nested; children stand under "children" then.
    private static void Collect(JsonElement categories, Dictionary<string, string> ids)
    {
        foreach (var category in categories.EnumerateArray())
        {
            ids[category.GetProperty("slug").GetString()!] = category.GetProperty("id").GetString()!;
            if (category.TryGetProperty("children", out var children) && children.ValueKind == JsonValueKind.Array)
            {
                Collect(children, ids);
            }
        }
    }
}
