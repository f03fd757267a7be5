using System.Collections.Immutable;

namespace Commerce.Inventory;

/// <summary>Decides which locations serve a demand. Pure for one snapshot of the locations; what it picked is recorded in the event.</summary>
internal interface IAllocationRule
{
    /// <summary>Picks exactly this quantity from free units.</summary>
    /// <param name="shelves">The SKU's shelves, together with at least <paramref name="quantity"/> free units.</param>
    /// <param name="quantity">At least 1.</param>
    IReadOnlyList<StockPick> Pick(ImmutableArray<Shelf> shelves, int quantity);

    /// <summary>The shelves in the order in which units are taken from them; they are given back in the opposite order.</summary>
    IEnumerable<Shelf> InOrder(ImmutableArray<Shelf> shelves);
}

/// <summary>Takes from the location of the lowest priority number first and goes on to the next when that is not enough.</summary>
internal sealed class PriorityRule(LocationDirectory locations) : IAllocationRule
{
    /// <inheritdoc />
    public IReadOnlyList<StockPick> Pick(ImmutableArray<Shelf> shelves, int quantity)
    {
        if (shelves.Length == 1)
        {
            return [new StockPick(shelves[0].Location, quantity)];
        }

        var picks = new List<StockPick>(2);
        foreach (var shelf in InOrder(shelves))
        {
            var taken = Math.Min(shelf.Free, quantity);
            if (taken > 0)
            {
                picks.Add(new StockPick(shelf.Location, taken));
                quantity -= taken;
            }

            if (quantity == 0)
            {
                break;
            }
        }

        return picks;
    }

    /// <inheritdoc />
    public IEnumerable<Shelf> InOrder(ImmutableArray<Shelf> shelves)
    {
        var priorities = locations.Current;
        return shelves
            .OrderBy(shelf => priorities.TryGetValue(shelf.Location, out var location) ? location.Priority : int.MaxValue)
            .ThenBy(shelf => shelf.Location, StringComparer.Ordinal);
    }
}
