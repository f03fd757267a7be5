namespace Commerce.Inventory;

/// <summary>Settings of the module, section <c>Inventory</c>.</summary>
internal sealed class InventoryOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Inventory";

    /// <summary>Which location serves first: <c>priority</c> or <c>nearness</c>.</summary>
    public string AllocationRule { get; set; } = "priority";

    /// <summary>Whether an order may be served from several locations although one has it all.</summary>
    public bool SplitOrders { get; set; } = true;

    /// <summary>The rule that these settings ask for.</summary>
    /// <exception cref="InvalidOperationException">There is no such rule.</exception>
    internal IAllocationRule RuleOver(LocationDirectory locations) => AllocationRule switch
    {
        "priority" => new PriorityRule(locations, SplitOrders),
        "nearness" => new NearnessRule(locations, SplitOrders),
        var other => throw new InvalidOperationException($"{Section}:AllocationRule is '{other}'; it must be priority or nearness."),
    };
}
