using System.Collections.Immutable;
using Commerce.Inventory.Contracts;

namespace Commerce.Inventory;

/// <summary>What is wished of an allocation beyond its quantity.</summary>
/// <param name="Destination">Where the goods go, or null.</param>
/// <param name="Together">A location that has everything of the order, or null.</param>
/// <param name="Bundle">The bundle that the units are part of, or null.</param>
internal readonly record struct AllocationWish(StockDestination? Destination, string? Together, string? Bundle = null);

/// <summary>Decides which locations serve a demand. Pure for one snapshot of the locations; what it picked is recorded in the event.</summary>
internal interface IAllocationRule
{
    /// <summary>Picks exactly this quantity from free units.</summary>
    /// <param name="shelves">The SKU's shelves, together with at least <paramref name="quantity"/> free units.</param>
    /// <param name="quantity">At least 1.</param>
    /// <param name="wish">What is wished beyond that.</param>
    IReadOnlyList<StockPick> Pick(ImmutableArray<Shelf> shelves, int quantity, AllocationWish wish);

    /// <summary>The shelves in the order in which units are taken from them; they are given back in the opposite order.</summary>
    IEnumerable<Shelf> InOrder(ImmutableArray<Shelf> shelves);

    /// <summary>Whether the rule would rather serve a whole order from one location.</summary>
    bool KeepsTogether { get; }

    /// <summary>The location from which a whole order of several SKUs can go, when the rule asks for one and there is one.</summary>
    string? Together(IReadOnlyList<(ImmutableArray<Shelf> Shelves, int Quantity)> demands, StockDestination? destination);
}

/// <summary>
/// Takes from the first location in the order that a kind of rule says, and goes on to the next when that is not enough. Where orders shall not be split,
/// a location that has all of them goes first; a split parcel is still better than no order, so it is never a reason to refuse.
/// </summary>
internal abstract class RankingRule(LocationDirectory locations, bool splits) : IAllocationRule
{
    /// <inheritdoc />
    public bool KeepsTogether => !splits;

    /// <inheritdoc />
    public IReadOnlyList<StockPick> Pick(ImmutableArray<Shelf> shelves, int quantity, AllocationWish wish)
    {
        if (shelves.Length == 1)
        {
            return [new StockPick(shelves[0].Location, quantity)];
        }

        var ranked = Ranked(shelves, wish.Destination).ToList();
        var whole = ranked.FindIndex(shelf => wish.Together is { } together ? shelf.Location == together && shelf.Free >= quantity : !splits && shelf.Free >= quantity);
        if (whole >= 0)
        {
            return [new StockPick(ranked[whole].Location, quantity)];
        }

        var picks = new List<StockPick>(2);
        foreach (var shelf in ranked)
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
    public IEnumerable<Shelf> InOrder(ImmutableArray<Shelf> shelves) => Ranked(shelves, null);

    /// <inheritdoc />
    public string? Together(IReadOnlyList<(ImmutableArray<Shelf> Shelves, int Quantity)> demands, StockDestination? destination)
    {
        var choice = demands[0];
        for (var i = 1; i < demands.Count; i++)
        {
            choice = demands[i].Shelves.Length < choice.Shelves.Length ? demands[i] : choice;
        }

        // Who has it all has the SKU that lies in the fewest places.
        return splits || demands.All(demand => demand.Shelves.Length == 1) || choice.Shelves.Length == 0
            ? null
            : Ranked(choice.Shelves, destination)
                .Select(shelf => shelf.Location)
                .FirstOrDefault(location => demands.All(demand => demand.Shelves.At(location).Free >= demand.Quantity));
    }

    /// <summary>The lowest rank serves first; locations of one rank by priority.</summary>
    protected abstract int Rank(KnownLocation location, StockDestination? destination);

    private IEnumerable<Shelf> Ranked(ImmutableArray<Shelf> shelves, StockDestination? destination)
    {
        if (shelves.Length == 1)
        {
            return shelves;
        }

        var known = locations.Current;
        return shelves
            .OrderBy(shelf => known.TryGetValue(shelf.Location, out var location) ? Rank(location, destination) : int.MaxValue)
            .ThenBy(shelf => known.TryGetValue(shelf.Location, out var location) ? location.Priority : int.MaxValue)
            .ThenBy(shelf => shelf.Location, StringComparer.Ordinal);
    }
}

/// <summary>The location of the lowest priority number serves first, wherever the goods go.</summary>
internal sealed class PriorityRule(LocationDirectory locations, bool splits = true) : RankingRule(locations, splits)
{
    /// <inheritdoc />
    protected override int Rank(KnownLocation location, StockDestination? destination) => 0;
}

/// <summary>A location in the region of the destination serves first, then one in its country, then one that said no country, then one abroad.</summary>
internal sealed class NearnessRule(LocationDirectory locations, bool splits = true) : RankingRule(locations, splits)
{
    /// <inheritdoc />
    protected override int Rank(KnownLocation location, StockDestination? destination) => (destination, location.Country) switch
    {
        (null, _) => 0,
        (_, null) => 2,
        var (there, country) when !string.Equals(there.Country, country, StringComparison.Ordinal) => 3,
        var (there, _) when location.Region is { } region && string.Equals(there.Region, region, StringComparison.OrdinalIgnoreCase) => 0,
        _ => 1,
    };
}
