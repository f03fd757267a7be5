using System.Collections.Immutable;

namespace Commerce.Inventory;

/// <summary>One SKU at one location.</summary>
/// <param name="Location">The location's code.</param>
/// <param name="OnHand">Units in the building.</param>
/// <param name="Allocated">Units of those promised to orders.</param>
/// <param name="Held">Units of those held by reservations, as recorded.</param>
internal readonly record struct Shelf(string Location, int OnHand, int Allocated, int Held)
{
    /// <summary>Units that nobody holds.</summary>
    internal int Free => OnHand - Allocated - Held;

    internal int Reserved => Allocated + Held;
}

/// <summary>The few shelves of a SKU: almost always one, so a scanned array beats any dictionary.</summary>
internal static class Shelves
{
    internal static Shelf At(this ImmutableArray<Shelf> shelves, string location)
    {
        foreach (var shelf in shelves)
        {
            if (string.Equals(shelf.Location, location, StringComparison.Ordinal))
            {
                return shelf;
            }
        }

        return new Shelf(location, 0, 0, 0);
    }

    /// <summary>The shelves with one of them changed by these amounts, or added.</summary>
    internal static ImmutableArray<Shelf> With(this ImmutableArray<Shelf> shelves, string location, int onHand = 0, int allocated = 0, int held = 0)
    {
        for (var i = 0; i < shelves.Length; i++)
        {
            if (string.Equals(shelves[i].Location, location, StringComparison.Ordinal))
            {
                var old = shelves[i];
                return shelves.SetItem(i, new Shelf(old.Location, checked(old.OnHand + onHand), checked(old.Allocated + allocated), checked(old.Held + held)));
            }
        }

        return shelves.Add(new Shelf(location, onHand, allocated, held));
    }
}
