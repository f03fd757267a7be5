using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.EventStore;
using Commerce.ReadModels;
using Dapper;

namespace Commerce.Catalog.ReadModels;

/// <summary>A brand: every way of writing it that leads to one slug, and how many products on sale have it.</summary>
internal sealed record BrandRow(string Slug, string Name, long Products, string[] Names);

/// <summary>All brands at once, counted anew when what is kept is some seconds old: a count that events keep would make every product's write meet in one row.</summary>
internal sealed class BrandShelf(ModuleDatabase<CatalogDatabase> database, IReadModelCache cache, TimeProvider time)
{
    internal const string Count = """
        select brand, count(*) from catalog.products
         where brand is not null and visible_from < 'infinity' and visible_from <= @now group by brand
        """;

    private static readonly CachePolicy Policy = new(TimeSpan.FromSeconds(20)) { Untracked = true };

    /// <summary>The brands by slug.</summary>
    public async ValueTask<IReadOnlyList<BrandRow>> AllAsync(CallContext call, CancellationToken cancellationToken)
    {
        var entry = (await cache.GetOrFillAsync("catalog:brands", call, FillAsync, Policy, cancellationToken))!;
        return entry.Made(static kept => JsonSerializer.Deserialize(kept.Body.Span, BrandJson.Default.ListBrandRow)!);
    }

    private async ValueTask<CacheFill?> FillAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var counts = await connection.QueryAsync<(string Name, long Products)>(new CommandDefinition(Count, new { now = time.GetUtcNow() }, cancellationToken: cancellationToken));
        var brands = counts
            .GroupBy(brand => SlugOf(brand.Name), StringComparer.Ordinal)
            .Select(ways => new BrandRow(
                ways.Key,
                ways.OrderByDescending(way => way.Products).ThenBy(way => way.Name, StringComparer.Ordinal).First().Name,
                ways.Sum(way => way.Products),
                [.. ways.Select(way => way.Name)]))
            .OrderBy(brand => brand.Slug, StringComparer.Ordinal)
            .ToList();
        return new CacheFill(JsonSerializer.SerializeToUtf8Bytes(brands, BrandJson.Default.ListBrandRow));
    }

    // A name without a letter that ASCII can write gets a slug that its spelling alone decides.
    private static string SlugOf(string name) => Slugs.From(name, $"brand-{Identifiers.FromName(Guid.Empty, name):N}"[..18]);
}

/// <summary>How the cached brands are written.</summary>
[JsonSerializable(typeof(List<BrandRow>))]
internal sealed partial class BrandJson : JsonSerializerContext;
