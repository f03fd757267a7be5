namespace Commerce.Catalog.Wire;

/// <summary>The kinds of relations in an address.</summary>
internal static class RelationWords
{
    /// <summary>Adds what is wrong with a kind.</summary>
    public static void Check(string kind, Findings findings) => findings.Check(RelationKinds.All.Contains(kind), "kind", string.Join(", ", RelationKinds.All) + ".");
}
