using System.Collections.Frozen;

namespace Commerce.Identity;

/// <summary>What a caller may be allowed to do.</summary>
internal static class Scopes
{
    internal const string CatalogRead = "catalog:read";
    internal const string CatalogWrite = "catalog:write";
    internal const string InventoryRead = "inventory:read";
    internal const string InventoryWrite = "inventory:write";
    internal const string OrdersRead = "orders:read";
    internal const string OrdersWrite = "orders:write";
    internal const string IdentityAdmin = "identity:admin";
    internal const string OpsRead = "ops:read";
    internal const string OpsWrite = "ops:write";

    /// <summary>Every scope there is.</summary>
    internal static FrozenSet<string> All { get; } = new[]
    {
        CatalogRead, CatalogWrite, InventoryRead, InventoryWrite, OrdersRead, OrdersWrite, IdentityAdmin, OpsRead, OpsWrite,
    }.ToFrozenSet(StringComparer.Ordinal);
}

/// <summary>What staff does, and what it needs for that.</summary>
internal static class Roles
{
    private static readonly FrozenDictionary<string, string[]> ByName = new Dictionary<string, string[]>
    {
        ["admin"] = [.. Scopes.All],
        ["catalog"] = [Scopes.CatalogRead, Scopes.CatalogWrite],
        ["inventory"] = [Scopes.InventoryRead, Scopes.InventoryWrite, Scopes.CatalogRead],
        ["orders"] = [Scopes.OrdersRead, Scopes.OrdersWrite, Scopes.InventoryRead, Scopes.CatalogRead],
        ["support"] = [Scopes.OrdersRead, Scopes.CatalogRead, Scopes.InventoryRead],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The roles' names.</summary>
    internal static IReadOnlyCollection<string> Names => ByName.Keys;

    internal static bool IsKnown(string role) => ByName.ContainsKey(role);

    /// <summary>What these roles may do together, in one order.</summary>
    internal static IReadOnlyList<string> ScopesOf(IEnumerable<string> roles) =>
        [.. roles.SelectMany(role => ByName.TryGetValue(role, out var scopes) ? scopes : []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
