using System.Text.Json;
using Commerce.ReadModels;
using Npgsql;

namespace Commerce.Catalog.ReadModels;

/// <summary>
/// Products by id, one statement for all who ask while others are under way. Nobody waits for company: a read that finds the way free goes at once, alone.
/// Under load a statement, its way to the database and back and what the database does around it are shared by dozens, which costs each a fraction.
/// </summary>
/// <remarks>A statement begins after everybody in it has asked, so each reads everything that was committed before it asked.</remarks>
internal sealed class ProductReader(ModuleDatabase<CatalogDatabase> database)
{
    internal const string SelectByIds = """
        select p.id, p.document, (select json_object_agg(a.sku, a.word) from catalog.variants v join catalog.availability a on a.sku = v.sku where v.product_id = p.id) as words
          from catalog.products p where p.id = any ($1)
        """;

    /// <summary>Statements at once: one is answered while the next is asked, and two slow ones do not hold up the rest.</summary>
    private const int Lanes = 2;

    /// <summary>Products of one statement at the most: a bound on what it brings at once, and on how long the first waits for the last.</summary>
    private const int MostIds = 64;

    private readonly Lock _gate = new();
    private readonly Queue<Dictionary<Guid, TaskCompletionSource<ProductRow?>>> _waiting = [];
    private Dictionary<Guid, TaskCompletionSource<ProductRow?>>? _open;
    private int _running;

    /// <summary>A product, or null when there is none of this id.</summary>
    public Task<ProductRow?> ReadAsync(Guid id)
    {
        TaskCompletionSource<ProductRow?>? asked;
        lock (_gate)
        {
            if (_open is null || (_open.Count == MostIds && !_open.ContainsKey(id)))
            {
                _waiting.Enqueue(_open = []);
            }

            if (!_open.TryGetValue(id, out asked))
            {
                asked = new TaskCompletionSource<ProductRow?>(TaskCreationOptions.RunContinuationsAsynchronously);
                _open.Add(id, asked);
            }

            if (_running == Lanes)
            {
                return asked.Task;
            }

            _running++;
        }

        _ = RunAsync();
        return asked.Task;
    }

    private async Task RunAsync()
    {
        while (Take() is { } asked)
        {
            try
            {
                await ReadAsync(asked);
            }
            catch (Exception exception)
            {
                foreach (var (_, one) in asked)
                {
                    one.TrySetException(exception);
                }
            }
        }
    }

    // First come, first served.
    private Dictionary<Guid, TaskCompletionSource<ProductRow?>>? Take()
    {
        lock (_gate)
        {
            if (!_waiting.TryDequeue(out var asked))
            {
                _running--;
                return null;
            }

            if (ReferenceEquals(asked, _open))
            {
                _open = null;
            }

            return asked;
        }
    }

    private async Task ReadAsync(Dictionary<Guid, TaskCompletionSource<ProductRow?>> asked)
    {
        await using var connection = await database.OpenAsync(CancellationToken.None);
        await using var command = new NpgsqlCommand(SelectByIds, connection) { Parameters = { new NpgsqlParameter<Guid[]> { TypedValue = [.. asked.Keys] } } };
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            // All of the row first: whose answer breaks off on the way is still among those who are told of it.
            var row = new ProductRow(reader.GetFieldValue<byte[]>(1), reader.IsDBNull(2) ? null : reader.GetFieldValue<byte[]>(2));
            asked.Remove(reader.GetGuid(0), out var one);
            one!.SetResult(row);
        }

        foreach (var (_, one) in asked)
        {
            one.SetResult(null);
        }
    }
}

/// <summary>A product as it was read; taken apart by who asked for it, not by who fetched it for all.</summary>
internal sealed class ProductRow(byte[] document, byte[]? words)
{
    private static readonly Dictionary<string, string> NoWords = [];

    private ProductDocument? _product;
    private IReadOnlyDictionary<string, string>? _words;

    /// <summary>The product.</summary>
    public ProductDocument Product => _product ??= ProductDocument.Parse(document);

    /// <summary>The words for the stock of its SKUs.</summary>
    public IReadOnlyDictionary<string, string> Words => _words ??= words is null ? NoWords : JsonSerializer.Deserialize(words, DocumentFormat.Json.DictionaryStringString)!;
}
