namespace Commerce.Inventory;

/// <summary>A stock's state as a snapshot has it: all of it, since decisions are made on nothing else.</summary>
internal sealed record StockMemento(
    string Sku, IReadOnlyList<Shelf> Shelves, IReadOnlyList<StockHold> Holds, int OnHand, int Allocated, int Held, int Backordered, IReadOnlyList<WaitingUnits> Waiting,
    int InTransit, IReadOnlyList<BundlePart>? Parts, StockBalance? Told, Preorder? Preorder, int BackorderLimit, int LowStockThreshold)
{
    /// <summary>Counted on whenever a field changes its meaning, or an old event comes to mean something else.</summary>
    internal const int Format = 1;
}

/// <content>To snapshots and back.</content>
internal sealed partial record Stock
{
    internal StockMemento Save() => new(
        Sku, Shelves, [.. Holds.All], OnHand, Allocated, Held, Backordered, Waiting, InTransit, Parts, Told, Preorder, BackorderLimit, LowStockThreshold);

    internal static Stock Restore(StockMemento memento) => new()
    {
        Sku = memento.Sku,
        Shelves = [.. memento.Shelves],
        Holds = memento.Holds.Aggregate(StockHolds.None, (holds, hold) => holds.With(hold)),
        OnHand = memento.OnHand,
        Allocated = memento.Allocated,
        Held = memento.Held,
        Backordered = memento.Backordered,
        Waiting = [.. memento.Waiting],
        InTransit = memento.InTransit,
        Parts = memento.Parts,
        Told = memento.Told,
        Preorder = memento.Preorder,
        BackorderLimit = memento.BackorderLimit,
        LowStockThreshold = memento.LowStockThreshold,
    };
}
