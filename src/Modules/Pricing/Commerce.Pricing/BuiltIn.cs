namespace Commerce.Pricing;

/// <summary>What a shop has before anybody configured it. A rule of the same code replaces it, and it can be removed like any other.</summary>
internal static class BuiltIn
{
    /// <summary>Two ways of shipping that cost nothing, so that a new shop can take orders.</summary>
    public static readonly IReadOnlyList<ShippingMethodSet> ShippingMethods =
    [
        new("standard", "Standard", 0, [new ShippingRate()]),
        new("express", "Express", 1, [new ShippingRate()]),
    ];

    /// <summary>The class of goods that name none.</summary>
    public const string TaxClass = "standard";

    /// <summary>Whether the shop brings this way of shipping along.</summary>
    public static bool IsShippingMethod(string code) => ShippingMethods.Any(method => method.Code == code);
}
