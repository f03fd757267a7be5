using System.Text.Json;
using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Dapper;

namespace Commerce.Catalog.Importing;

/// <summary>
/// Works a chunk of rows off: looks up at once which products the SKUs belong to, then sends all rows to the event store together, which commits them in
/// a few batches. Rows that share a SKU or a slug keep their order by going in waves.
/// </summary>
internal sealed class ImportChunk(ModuleDatabase<CatalogDatabase> database, IEventStore store, CategoryShelf categories)
{
    internal const string SelectOwners = """
        select v.sku, v.product_id, p.slug from catalog.variants v join catalog.products p on p.id = v.product_id where v.sku = any (@skus)
        """;

    // A row whose SKU another caller took while it was under way is looked up again; it then changes that caller's product.
    private const int Attempts = 3;

    /// <summary>Imports the rows and tells which failed. Done twice, the second time changes nothing.</summary>
    public async Task<IReadOnlyList<ImportFault>> RunAsync(IReadOnlyList<ImportRow> rows, CallContext job, CancellationToken cancellationToken)
    {
        var map = await categories.AllAsync(job, cancellationToken);
        var faults = new List<ImportFault>();
        var sound = new List<(ImportRow Row, ProductDraft Draft)>();
        foreach (var row in rows)
        {
            var read = row.Read().Then(map.Resolve);
            if (read.IsSuccess)
            {
                sound.Add((row, read.Value));
            }
            else
            {
                faults.Add(ImportFault.Of(row, null, read.Refusal));
            }
        }

        foreach (var wave in Waves(sound))
        {
            var open = wave;
            for (var attempt = 1; open.Count > 0; attempt++)
            {
                var owners = await OwnersAsync(open.SelectMany(item => item.Draft.Variants).Select(variant => variant.Sku), cancellationToken);
                var outcomes = await Task.WhenAll(open.Select(item => ImportAsync(item.Draft, owners, map.Rules, job, cancellationToken)));
                var again = new List<(ImportRow Row, ProductDraft Draft)>();
                for (var i = 0; i < open.Count; i++)
                {
                    if (outcomes[i].Refusal is SkuTaken or StoreOverloaded && attempt < Attempts)
                    {
                        again.Add(open[i]);
                    }
                    else if (outcomes[i].Refusal is StoreOverloaded overloaded)
                    {
                        throw new InvalidOperationException(overloaded.Detail);
                    }
                    else if (outcomes[i].Refusal is { } refusal)
                    {
                        faults.Add(ImportFault.Of(open[i].Row, open[i].Draft.Variants[0].Sku, refusal));
                    }
                }

                open = again;
            }
        }

        return faults;
    }

    private static List<List<(ImportRow Row, ProductDraft Draft)>> Waves(List<(ImportRow Row, ProductDraft Draft)> rows)
    {
        var waves = new List<List<(ImportRow Row, ProductDraft Draft)>>();
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var item in rows)
        {
            // A SKU has no space, so a slug with one before it is a key of its own.
            var keys = item.Draft.Variants.Select(variant => variant.Sku).Concat(item.Draft.Slug is { } slug ? [" " + slug] : Array.Empty<string>()).ToList();
            var wave = keys.Max(key => last.GetValueOrDefault(key, -1)) + 1;
            keys.ForEach(key => last[key] = wave);
            if (wave == waves.Count)
            {
                waves.Add([]);
            }

            waves[wave].Add(item);
        }

        return waves;
    }

    private async Task<Dictionary<string, (Guid ProductId, string Slug)>> OwnersAsync(IEnumerable<string> skus, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<(string Sku, Guid ProductId, string Slug)>(
            new CommandDefinition(SelectOwners, new { skus = skus.ToArray() }, cancellationToken: cancellationToken));
        return rows.ToDictionary(row => row.Sku, row => (row.ProductId, row.Slug), StringComparer.Ordinal);
    }

    private async Task<Outcome<Done>> ImportAsync(ProductDraft draft, Dictionary<string, (Guid ProductId, string Slug)> owners, AttributeRules rules, CallContext job, CancellationToken cancellationToken)
    {
        var known = draft.Variants.Where(variant => owners.ContainsKey(variant.Sku)).Select(variant => owners[variant.Sku]).Distinct().ToList();
        var context = new CallContext { Actor = job.Actor, CorrelationId = job.CorrelationId, Reason = "import" };
        switch (known)
        {
            case []:
                if (draft.Translations is null)
                {
                    return ValidationFailed.Of("translations", "At least one translation with a name is required, such as {\"en\":{\"name\":\"…\"}}.");
                }

                var creation = new ProductCreation(Identifiers.Next(), draft, rules);
                return await store.DecideAsync(creation.Touch, scope => creation.Decide(scope).Map(_ => default(Done)), context, cancellationToken);
            case [var (id, slug)]:
                var unclaimed = draft.Variants.Select(variant => variant.Sku).Where(sku => !owners.ContainsKey(sku)).ToList();
                var upsert = new ProductUpsert(id, draft, unclaimed, draft.Slug == slug ? null : draft.Slug, rules);
                return await store.DecideAsync(upsert.Touch, scope => upsert.Decide(scope).Map(_ => default(Done)), context, cancellationToken);
            default:
                return new SkusOfSeveralProducts();
        }
    }
}

/// <summary>A row that was not imported.</summary>
/// <param name="Row">The row in the file, from 1.</param>
/// <param name="Sku">The first SKU of the row, when it could be read.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Errors">Messages by field as JSON, or null.</param>
internal sealed record ImportFault(long Row, string? Sku, string Message, string? Errors)
{
    /// <summary>The fault of a row that was refused.</summary>
    public static ImportFault Of(ImportRow row, string? sku, Refusal refusal) => new(
        row.Number,
        sku,
        refusal is ValidationFailed invalid ? string.Join(' ', invalid.Errors.Select(error => $"{error.Key}: {error.Value[0]}")) : refusal.Detail,
        refusal is ValidationFailed failed ? JsonSerializer.Serialize(failed.Errors, Rendered.Json) : null);
}

/// <summary>A row is one product.</summary>
[Problem(409, "skus-of-several-products", "The SKUs belong to several products")]
internal sealed record SkusOfSeveralProducts() : Refusal("The SKUs of this row belong to different products.");
