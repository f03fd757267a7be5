using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.EventStore;
using Npgsql;

namespace Commerce.Catalog.ReadModels;

/// <summary>Categories as they are read.</summary>
internal sealed class CategoryRows : IInlineProjection
{
    internal const string Upsert = """
        insert into catalog.categories (id, parent_id, slug, position, version, translations, attributes, created_at, updated_at)
        select id, parent_id, slug, position, version, translations, attributes, at, at
          from unnest($1::uuid[], $2::uuid[], $3::text[], $4::integer[], $5::bigint[], $6::text[], $7::text[], $8::timestamptz[])
            as c (id, parent_id, slug, position, version, translations, attributes, at)
        on conflict (id) do update set parent_id = excluded.parent_id, slug = excluded.slug, position = excluded.position, version = excluded.version,
            translations = excluded.translations, attributes = excluded.attributes, updated_at = excluded.updated_at
        """;

    internal const string Delete = "delete from catalog.categories where id = any ($1::uuid[])";

    /// <inheritdoc />
    public string Name => "Catalog.Categories";

    /// <inheritdoc />
    public Type Aggregate => typeof(Category);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables => ["catalog.categories"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        var there = changes.Where(change => ((Category)change.State).Exists).Select(change => (change.StreamId, change.Version, ((Category)change.State).Content, ((Category)change.State).Attributes, change.Events[^1].Timestamp)).ToList();
        var gone = changes.Where(change => !((Category)change.State).Exists).Select(change => change.StreamId).ToArray();
        if (there.Count > 0)
        {
            ProductRows.Add(
                batch,
                Upsert,
                there.Select(c => c.StreamId).ToArray(),
                there.Select(c => c.Content.ParentId).ToArray(),
                there.Select(c => c.Content.Slug).ToArray(),
                there.Select(c => c.Content.Position).ToArray(),
                there.Select(c => c.Version).ToArray(),
                there.Select(c => JsonSerializer.Serialize(c.Content.Translations, CategoryJson.Default.IReadOnlyDictionaryStringProductText)).ToArray(),
                there.Select(c => c.Attributes.Count == 0 ? null : JsonSerializer.Serialize(c.Attributes, CategoryJson.Default.IReadOnlyListAttributeDefinition)).ToArray(),
                ProductRows.Instants(there.Select(c => c.Timestamp)));
        }

        if (gone.Length > 0)
        {
            ProductRows.Add(batch, Delete, gone);
        }
    }
}

/// <summary>How category texts are kept.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(IReadOnlyDictionary<string, ProductText>))]
[JsonSerializable(typeof(IReadOnlyList<AttributeDefinition>))]
internal sealed partial class CategoryJson : JsonSerializerContext;
