using Commerce.EventStore;
using Commerce.Inventory.Contracts;
using Commerce.Outcomes;
using Dapper;
using Npgsql;

namespace Commerce.Catalog.Reactions;

/// <summary>
/// Most movements of stock change nothing that a shopper sees: a page says only whether there is enough, little, none. The few that change the word become
/// an event of the catalogue's own, which its read models and caches follow like any other.
/// </summary>
internal sealed class WhenStockChanged(IServiceProvider services) : ISubscription
{
    internal const string SelectWords = "select sku, word from catalog.availability where sku = any (@skus)";

    /// <inheritdoc />
    public string Name => "Catalog.WhenStockChanged";

    /// <inheritdoc />
    public IReadOnlyCollection<Type> Handles { get; } = [typeof(StockChangedAnnouncement)];

    /// <inheritdoc />
    public string Role => "commerce_catalog";

    /// <inheritdoc />
    public IReadOnlyList<string> Tables => [];

    /// <inheritdoc />
    public async Task HandleAsync(IReadOnlyList<Delivered> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(page);
        var said = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var change in page.Select(delivered => (StockChangedAnnouncement)delivered.Message))
        {
            said[change.Sku] = change.Availability;
        }

        var known = await connection.QueryAsync<(string Sku, string Word)>(
            new CommandDefinition(SelectWords, new { skus = said.Keys.ToArray() }, transaction, cancellationToken: cancellationToken));
        foreach (var (sku, _) in known.Where(row => said[row.Sku] == row.Word))
        {
            said.Remove(sku);
        }

        // The store is asked for late: it starts the subscriptions, so it cannot be a constructor's argument of one.
        var store = (IEventStore)services.GetService(typeof(IEventStore))!;
        var outcomes = await Task.WhenAll(said.Select(change => store.DecideAsync<Done>(
            touches => touches.Stream<SkuClaim>(SkuClaim.IdOf(change.Key)),
            scope => scope.Stream<SkuClaim>(SkuClaim.IdOf(change.Key)).Apply(claim => claim.CallAvailability(change.Key, change.Value)).Map(_ => default(Done)),
            new CallContext { Actor = "system:catalog" },
            cancellationToken)));
        if (outcomes.FirstOrDefault(outcome => !outcome.IsSuccess).Refusal is { } refusal)
        {
            throw new InvalidOperationException($"The page is tried again: {refusal.Detail}");
        }
    }
}
