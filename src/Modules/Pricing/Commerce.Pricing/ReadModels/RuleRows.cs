using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Commerce.EventStore;
using Npgsql;

namespace Commerce.Pricing.ReadModels;

/// <summary>Keeps <c>pricing.shipping_methods</c>.</summary>
internal sealed class ShippingMethodRows : IInlineProjection
{
    internal const string Upsert =
        """
        INSERT INTO pricing.shipping_methods (code, document, version) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
        ON CONFLICT (code) DO UPDATE SET document = excluded.document, version = excluded.version
        """;

    /// <inheritdoc />
    public string Name => "Pricing.ShippingMethods";

    /// <inheritdoc />
    public Type Aggregate => typeof(ShippingMethod);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["pricing.shipping_methods"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        var states = changes.Select(change => (ShippingMethod)change.State).ToArray();
        batch.Upsert(
            Upsert, Array.ConvertAll(states, state => state.Code),
            Array.ConvertAll(states, state => state.IsRemoved ? null : RuleText.Of(state.Terms, PricingJson.Default.ShippingMethodSet)), changes);
    }
}

/// <summary>Keeps <c>pricing.tax_tables</c>.</summary>
internal sealed class TaxTableRows : IInlineProjection
{
    internal const string Upsert =
        """
        INSERT INTO pricing.tax_tables (code, document, version) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
        ON CONFLICT (code) DO UPDATE SET document = excluded.document, version = excluded.version
        """;

    /// <inheritdoc />
    public string Name => "Pricing.TaxTables";

    /// <inheritdoc />
    public Type Aggregate => typeof(TaxTable);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["pricing.tax_tables"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch) => batch.Upsert(
        Upsert, [.. changes.Select(change => ((TaxTable)change.State).Country)],
        [.. changes.Select(change => RuleText.Of(((TaxTable)change.State).Terms, PricingJson.Default.TaxTableSet))], changes);
}

/// <summary>Keeps <c>pricing.tax_classes</c>.</summary>
internal sealed class TaxClassRows : IInlineProjection
{
    internal const string Upsert =
        """
        INSERT INTO pricing.tax_classes (code, document, version) SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
        ON CONFLICT (code) DO UPDATE SET document = excluded.document, version = excluded.version
        """;

    /// <inheritdoc />
    public string Name => "Pricing.TaxClasses";

    /// <inheritdoc />
    public Type Aggregate => typeof(TaxClass);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["pricing.tax_classes"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch) => batch.Upsert(
        Upsert, [.. changes.Select(change => ((TaxClass)change.State).Code)],
        [.. changes.Select(change => RuleText.Of(((TaxClass)change.State).Terms, PricingJson.Default.TaxClassSet))], changes);
}

/// <summary>Keeps <c>pricing.customer_groups</c>.</summary>
internal sealed class CustomerGroupRows : IInlineProjection
{
    internal const string Upsert =
        """
        INSERT INTO pricing.customer_groups (customer_id, group_name, version) SELECT * FROM unnest($1::uuid[], $2::text[], $3::bigint[])
        ON CONFLICT (customer_id) DO UPDATE SET group_name = excluded.group_name, version = excluded.version
        """;

    /// <inheritdoc />
    public string Name => "Pricing.CustomerGroups";

    /// <inheritdoc />
    public Type Aggregate => typeof(CustomerGroup);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["pricing.customer_groups"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch) => batch.Upsert(
        Upsert, changes.Select(change => ((CustomerGroup)change.State).CustomerId).ToArray(), [.. changes.Select(change => ((CustomerGroup)change.State).Group)], changes);
}

/// <summary>Keeps <c>pricing.discounts</c>.</summary>
internal sealed class DiscountRows : IInlineProjection
{
    internal const string Upsert =
        """
        INSERT INTO pricing.discounts (id, coupon, terms, is_counted, uses, ended_at, version)
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::boolean[], $5::integer[], $6::timestamptz[], $7::bigint[])
        ON CONFLICT (id) DO UPDATE SET terms = excluded.terms, uses = excluded.uses, ended_at = excluded.ended_at, version = excluded.version
        """;

    /// <inheritdoc />
    public string Name => "Pricing.Discounts";

    /// <inheritdoc />
    public Type Aggregate => typeof(Discount);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["pricing.discounts"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        var states = changes.Select(change => (Discount)change.State).ToArray();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(Upsert)
        {
            Parameters =
            {
                RuleText.Of(changes.Select(change => change.StreamId).ToArray()),
                RuleText.Of(Array.ConvertAll(states, state => state.Coupon)),
                RuleText.Of(Array.ConvertAll(states, state => RuleText.Of(state.Terms, PricingJson.Default.DiscountTerms))),
                RuleText.Of(Array.ConvertAll(states, state => state.IsCounted)),
                RuleText.Of(Array.ConvertAll(states, state => state.Uses.Count)),
                // With nulls among them Npgsql takes moments for local ones, so the type is said.
                new NpgsqlParameter { Value = Array.ConvertAll(states, state => state.EndedAt?.UtcDateTime), DataTypeName = "timestamp with time zone[]" },
                RuleText.Of(changes.Select(change => change.Version).ToArray()),
            },
        });
    }
}

/// <summary>Rules as text in rows.</summary>
internal static class RuleText
{
    /// <summary>The JSON of a rule; null for none.</summary>
    public static string? Of<T>(T? rule, JsonTypeInfo<T> type)
        where T : class => rule is null ? null : JsonSerializer.Serialize(rule, type);

    /// <summary>An array as a parameter.</summary>
    public static NpgsqlParameter<T> Of<T>(T values) => new() { TypedValue = values };

    /// <summary>Adds the rows of rules: keys, what stands under them, versions.</summary>
    public static void Upsert<TKey>(this NpgsqlBatch batch, string sql, TKey[] keys, string?[] texts, IReadOnlyList<StreamChange> changes) =>
        batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { Of(keys), Of(texts), Of(changes.Select(change => change.Version).ToArray()) } });
}
