using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Catalog.Search;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Dapper;

namespace Commerce.Catalog.ReadModels;

/// <summary>One row of <c>catalog.categories</c>.</summary>
internal sealed record CategoryRow(
    Guid Id, Guid? ParentId, string Slug, int Position, long Version, IReadOnlyDictionary<string, ProductText> Translations, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    IReadOnlyList<AttributeDefinition>? Attributes = null);

/// <summary>All categories at once: they are few beside products, wanted by nearly every call, and changed rarely.</summary>
internal sealed class CategoryShelf(ModuleDatabase<CatalogDatabase> database, IReadModelCache cache)
{
    internal const string SelectAll = "select id, parent_id, slug, position, version, translations, attributes, created_at, updated_at from catalog.categories";

    private static readonly CachePolicy Policy = new(TimeSpan.FromMinutes(10));

    /// <summary>The categories as they stand now.</summary>
    public async ValueTask<CategoryMap> AllAsync(CallContext call, CancellationToken cancellationToken)
    {
        var entry = await cache.GetOrFillAsync(CatalogCache.Categories, call, FillAsync, Policy, cancellationToken);
        return entry is null ? new CategoryMap([], "\"0\"") : entry.Made(Read);
    }

    private static CategoryMap Read(CacheEntry entry) =>
        new(JsonSerializer.Deserialize(entry.Body.Span, CategoryShelfJson.Default.ListCategoryRow)!, entry.ETag);

    private async ValueTask<CacheFill?> FillAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<(Guid Id, Guid? ParentId, string Slug, int Position, long Version, string Translations, string? Attributes, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)>(
            new CommandDefinition(SelectAll, cancellationToken: cancellationToken));
        var all = rows
            .Select(row => new CategoryRow(row.Id, row.ParentId, row.Slug, row.Position, row.Version,
                JsonSerializer.Deserialize(row.Translations, CategoryJson.Default.IReadOnlyDictionaryStringProductText)!, row.CreatedAt, row.UpdatedAt,
                row.Attributes is null ? null : JsonSerializer.Deserialize(row.Attributes, CategoryJson.Default.IReadOnlyListAttributeDefinition)))
            .OrderBy(row => row.Position).ThenBy(row => row.Slug, StringComparer.Ordinal)
            .ToList();
        return new CacheFill(JsonSerializer.SerializeToUtf8Bytes(all, CategoryShelfJson.Default.ListCategoryRow));
    }
}

/// <summary>The categories, found by id and by slug.</summary>
internal sealed class CategoryMap
{
    private const int MaxShown = 10_000;

    private readonly FrozenDictionary<Guid, CategoryRow> _byId;
    private readonly FrozenDictionary<string, CategoryRow> _bySlug;
    private readonly ILookup<Guid, CategoryRow> _children;
    private readonly List<(CategoryRow Row, string[] Names)> _folded;
    private readonly Lazy<AttributeRules> _rules;
    private readonly ConcurrentDictionary<(string Id, string? Locale), ShownCategory?> _shown = [];

    /// <summary>From rows in the order of siblings.</summary>
    public CategoryMap(IReadOnlyList<CategoryRow> rows, string tag)
    {
        Tag = tag;
        _byId = rows.ToFrozenDictionary(row => row.Id);
        _bySlug = rows.DistinctBy(row => row.Slug, StringComparer.Ordinal).ToFrozenDictionary(row => row.Slug, StringComparer.Ordinal);
        _children = rows.ToLookup(row => row.ParentId ?? Guid.Empty);
        _rules = new(() => rows.Any(row => row.Attributes is { Count: > 0 })
            ? new AttributeRules(rows.ToDictionary(row => row.Id, IReadOnlyList<AttributeDefinition> (row) => [.. DefinitionsOf(row.Id).Select(found => found.Definition)]))
            : AttributeRules.None);
        _folded = [.. rows.Select(row => (row, row.Translations.Values.Select(text => Folding.Fold(text.Name)).ToArray()))];
    }

    /// <summary>What categories ask of attributes.</summary>
    public AttributeRules Rules => _rules.Value;

    /// <summary>Changes with any of them.</summary>
    public string Tag { get; }

    /// <summary>The categories at the top.</summary>
    public IEnumerable<CategoryRow> Roots => _children[Guid.Empty];

    /// <summary>The categories right below one.</summary>
    public IEnumerable<CategoryRow> ChildrenOf(Guid id) => _children[id];

    /// <summary>By id or slug, or null.</summary>
    public CategoryRow? Find(string idOrSlug) => Guid.TryParse(idOrSlug, out var id) ? Find(id) : _bySlug.GetValueOrDefault(idOrSlug);

    /// <summary>A category as facets show it, or null where there is none.</summary>
    public ShownCategory? Shown(string id, string? locale)
    {
        if (!_shown.TryGetValue((id, locale), out var shown))
        {
            if (_shown.Count >= MaxShown)
            {
                // Callers may name locales as they like.
                _shown.Clear();
            }

            _shown[(id, locale)] = shown = Find(id) is { } row ? ShownCategory.Of(row.Slug, Locales.Pick(row.Translations, locale).Text.Name) : null;
        }

        return shown;
    }

    /// <summary>By id, or null.</summary>
    public CategoryRow? Find(Guid id) => _byId.GetValueOrDefault(id);

    /// <summary>Categories one of whose names begins with these folded letters, or has a word that does.</summary>
    public IEnumerable<CategoryRow> Named(string folded, int limit) => _folded
        .Where(pair => pair.Names.Any(name => name.StartsWith(folded, StringComparison.Ordinal) || name.Contains(' ' + folded, StringComparison.Ordinal)))
        .OrderBy(pair => pair.Names.Min(name => name.Length))
        .Take(limit)
        .Select(pair => pair.Row);

    /// <summary>The category and all above it, nearest first.</summary>
    public IEnumerable<CategoryRow> PathOf(Guid id)
    {
        for (var row = Find(id); row is not null; row = row.ParentId is { } parent ? Find(parent) : null)
        {
            yield return row;
        }
    }

    /// <summary>What a category and everything above it define, the nearest definition of each name.</summary>
    public IEnumerable<(CategoryRow Category, AttributeDefinition Definition)> DefinitionsOf(Guid id) => PathOf(id)
        .SelectMany(row => (row.Attributes ?? []).Select(definition => (row, definition)))
        .DistinctBy(found => found.definition.Name, StringComparer.Ordinal);

    /// <summary>A draft with its categories as ids, or which of them nobody knows.</summary>
    public Outcome<ProductDraft> Resolve(ProductDraft draft)
    {
        var findings = new Findings();
        CheckIds(draft.CategoryIds, findings);
        var ids = new List<Guid>();
        for (var i = 0; i < (draft.CategorySlugs?.Count ?? 0); i++)
        {
            if (_bySlug.TryGetValue(draft.CategorySlugs![i], out var row))
            {
                ids.Add(row.Id);
            }
            else
            {
                findings.Add($"categories[{i}]", "No category has this slug.");
            }
        }

        return findings.Any ? findings.Failure() : draft.CategorySlugs is null ? draft : draft with { CategoryIds = ids, CategorySlugs = null };
    }

    /// <summary>Nothing, or which of the ids nobody knows.</summary>
    public ValidationFailed? Unknown(IReadOnlyList<Guid>? ids)
    {
        var findings = new Findings();
        CheckIds(ids, findings);
        return findings.Any ? findings.Failure() : null;
    }

    private void CheckIds(IReadOnlyList<Guid>? ids, Findings findings)
    {
        for (var i = 0; i < (ids?.Count ?? 0); i++)
        {
            findings.Check(_byId.ContainsKey(ids![i]), $"categoryIds[{i}]", "No category has this id.");
        }
    }
}

/// <summary>A category as a value of a facet, as the bytes before and behind its count.</summary>
internal sealed record ShownCategory(byte[] Head, byte[] Tail)
{
    /// <summary>A category with what it is called.</summary>
    public static ShownCategory Of(string slug, string label) =>
        new([.. "{\"value\":"u8, .. Rendered.Bytes(slug), .. ",\"count\":"u8], [.. ",\"label\":"u8, .. Rendered.Bytes(label), .. "}"u8]);
}

/// <summary>How the cached categories are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(List<CategoryRow>))]
internal sealed partial class CategoryShelfJson : JsonSerializerContext;
