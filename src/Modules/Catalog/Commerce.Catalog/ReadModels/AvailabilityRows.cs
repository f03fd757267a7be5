using Commerce.EventStore;
using Npgsql;

namespace Commerce.Catalog.ReadModels;

/// <summary>The word for each SKU's stock, as pages and the search filter show it.</summary>
internal sealed class AvailabilityRows : IInlineProjection
{
    internal const string Upsert = """
        insert into catalog.availability (sku, word) select * from unnest($1::text[], $2::text[])
        on conflict (sku) do update set word = excluded.word
        """;

    /// <inheritdoc />
    public string Name => "Catalog.Availability";

    /// <inheritdoc />
    public Type Aggregate => typeof(SkuClaim);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables => ["catalog.availability"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        var words = changes
            .Select(change => change.Events.Select(e => e.Data).OfType<SkuAvailabilityChanged>().LastOrDefault())
            .OfType<SkuAvailabilityChanged>()
            .OrderBy(change => change.Sku, StringComparer.Ordinal)
            .ToList();
        if (words.Count > 0)
        {
            ProductRows.Add(batch, Upsert, ProductRows.Texts(words.Select(word => word.Sku)), ProductRows.Texts(words.Select(word => word.Availability)));
        }
    }
}
