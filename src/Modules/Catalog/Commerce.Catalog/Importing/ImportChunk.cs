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

    /// <summary>Reads the rows, which takes nothing but the processor; what is wrong with their shape is told in the place of their product.</summary>
    public static IReadOnlyList<ReadRow> Read(IReadOnlyList<ImportRow> rows) => [.. rows.Select(row => new ReadRow(row, row.Read()))];

    /// <summary>Imports the rows and tells of each what came of it, in their order. Done twice, the second time changes nothing.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="job">Who imports.</param>
    /// <param name="rehearsed">Null to import. Else nothing is changed, and this holds the hashes of SKUs that earlier rows would have made.</param>
    /// <param name="cancellationToken">Stops it between rows.</param>
    public async Task<IReadOnlyList<RowResult>> RunAsync(IReadOnlyList<ReadRow> rows, CallContext job, HashSet<long>? rehearsed, CancellationToken cancellationToken)
    {
        var map = await categories.AllAsync(job, cancellationToken);
        var results = new RowResult[rows.Count];
        var sound = new List<Work>(rows.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            var read = rows[i].Product.Then(map.Resolve);
            if (read.IsSuccess)
            {
                sound.Add(new Work(i, read.Value));
            }
            else
            {
                results[i] = new RowResult(rows[i].Row, null, null, read.Refusal);
            }
        }

        foreach (var wave in Waves(sound))
        {
            var open = wave;
            for (var attempt = 1; open.Count > 0; attempt++)
            {
                var owners = await OwnersAsync(open.SelectMany(work => work.Draft.Variants).Select(variant => variant.Sku), cancellationToken);
                var outcomes = await Task.WhenAll(open.Select(work => ImportAsync(work.Draft, owners, map.Rules, job, rehearsed, cancellationToken)));
                var again = new List<Work>();
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
                    else
                    {
                        results[open[i].Place] = ResultOf(rows[open[i].Place].Row, open[i].Draft, outcomes[i]);
                    }
                }

                open = again;
            }
        }

        return results;
    }

    private static RowResult ResultOf(ImportRow row, ProductDraft draft, Outcome<RowEffect> outcome) => outcome switch
    {
        { IsSuccess: true } => new RowResult(row, draft.Variants[0].Sku, outcome.Value, null),
        { Refusal: Rehearsed rehearsed } => new RowResult(row, draft.Variants[0].Sku, rehearsed.Effect, null),
        _ => new RowResult(row, draft.Variants[0].Sku, null, outcome.Refusal),
    };

    private static List<List<Work>> Waves(List<Work> rows)
    {
        var waves = new List<List<Work>>();
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

    private async Task<Outcome<RowEffect>> ImportAsync(
        ProductDraft draft, Dictionary<string, (Guid ProductId, string Slug)> owners, AttributeRules rules, CallContext job, HashSet<long>? rehearsed, CancellationToken cancellationToken)
    {
        var known = draft.Variants.Where(variant => owners.ContainsKey(variant.Sku)).Select(variant => owners[variant.Sku]).Distinct().ToList();
        var context = new CallContext { Actor = job.Actor, CorrelationId = job.CorrelationId, Reason = "import", IsBulk = true };
        switch (known)
        {
            case [] when rehearsed is not null && draft.Variants.Any(variant => rehearsed.Contains(HashOf(variant.Sku))):
                // An earlier row would have made the product; what it would be then is not there to be asked.
                return new RowEffect(RowChange.Updated, null);
            case []:
                if (draft.Translations is null)
                {
                    return ValidationFailed.Of("translations", "At least one translation with a name is required, such as {\"en\":{\"name\":\"…\"}}.");
                }

                var creation = new ProductCreation(Identifiers.Next(), draft, rules);
                rehearsed?.UnionWith(draft.Variants.Select(variant => HashOf(variant.Sku)));
                return await store.DecideAsync(
                    creation.Touch,
                    scope => creation.Decide(scope).Then(_ => Effect(new RowEffect(RowChange.Created, creation.Id), rehearsed)),
                    context,
                    cancellationToken);
            case [var (id, slug)]:
                var unclaimed = draft.Variants.Select(variant => variant.Sku).Where(sku => !owners.ContainsKey(sku)).ToList();
                var upsert = new ProductUpsert(id, draft, unclaimed, draft.Slug == slug ? null : draft.Slug, rules);
                return await store.DecideAsync(
                    upsert.Touch,
                    scope => Counted(upsert, scope).Then(change => Effect(new RowEffect(change, id), rehearsed)),
                    context,
                    cancellationToken);
            default:
                return new SkusOfSeveralProducts();
        }
    }

    private static Outcome<RowChange> Counted(ProductUpsert upsert, DecisionScope scope)
    {
        var before = scope.Stream<Product>(upsert.Id).Version;
        return upsert.Decide(scope).Map(stream => stream.Version == before ? RowChange.Unchanged : RowChange.Updated);
    }

    // A refusal takes back whatever was staged: what would have happened is told, and nothing has.
    private static Outcome<RowEffect> Effect(RowEffect effect, HashSet<long>? rehearsed) => rehearsed is null ? effect : new Rehearsed(effect);

    private static long HashOf(string sku) => BitConverter.ToInt64(SkuClaim.IdOf(sku).ToByteArray(), 8);

    private readonly record struct Work(int Place, ProductDraft Draft);
}

/// <summary>A row and the product that it means, or what is wrong with its shape.</summary>
internal readonly record struct ReadRow(ImportRow Row, Outcome<ProductDraft> Product);

/// <summary>What a row did to a product.</summary>
internal enum RowChange
{
    /// <summary>There is one more.</summary>
    Created,

    /// <summary>It is another than before.</summary>
    Updated,

    /// <summary>It was so already.</summary>
    Unchanged,
}

/// <summary>What a row did, and to which product; a rehearsal may not know it.</summary>
internal sealed record RowEffect(RowChange Change, Guid? ProductId);

/// <summary>What came of a row: an effect or a refusal.</summary>
internal sealed record RowResult(ImportRow Row, string? Sku, RowEffect? Effect, Refusal? Refusal);

/// <summary>A rehearsal went well; never told to a client.</summary>
[Problem(409, "rehearsed", "It was only a rehearsal")]
internal sealed record Rehearsed(RowEffect Effect) : Refusal("Nothing was changed.");

/// <summary>A row that was not imported.</summary>
/// <param name="Row">The row in the file, from 1.</param>
/// <param name="Sku">The first SKU of the row, when it could be read.</param>
/// <param name="Message">One sentence.</param>
/// <param name="Errors">Messages by field as JSON, or null.</param>
/// <param name="Payload">The row as it came, or null.</param>
internal sealed record ImportFault(long Row, string? Sku, string Message, string? Errors, byte[]? Payload)
{
    private const int LargestPayload = 256 * 1024;

    /// <summary>The fault of a row that was refused.</summary>
    public static ImportFault Of(ImportRow row, string? sku, Refusal refusal) => new(
        row.Number,
        sku,
        refusal is ValidationFailed invalid ? string.Join(' ', invalid.Errors.Select(error => $"{error.Key}: {error.Value[0]}")) : refusal.Detail,
        refusal is ValidationFailed failed ? JsonSerializer.Serialize(failed.Errors, Rendered.Json) : null,
        row.Original() is { Length: <= LargestPayload } original ? original : null);
}

/// <summary>A row is one product.</summary>
[Problem(409, "skus-of-several-products", "The SKUs belong to several products")]
internal sealed record SkusOfSeveralProducts() : Refusal("The SKUs of this row belong to different products.");
