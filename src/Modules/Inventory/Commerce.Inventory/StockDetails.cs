namespace Commerce.Inventory;

/// <summary>The stock of a SKU as the wire shows it.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="OnHand">Units there, over all locations.</param>
/// <param name="Reserved">Units promised: to orders, to open reservations, and on back-order.</param>
/// <param name="Available">On hand less reserved; negative when more is promised than is there.</param>
/// <param name="Availability">inStock, lowStock, outOfStock or backorder.</param>
/// <param name="Backordered">Units of the reserved ones that wait for goods.</param>
/// <param name="BackorderLimit">How far the SKU may be oversold.</param>
/// <param name="LowStockThreshold">Available units from which on it counts as low.</param>
/// <param name="Locations">Where it is.</param>
/// <param name="Version">The stream's version; the <c>ETag</c>.</param>
/// <param name="Preorder">Until when and how far it is sold before its release; null when it is not.</param>
/// <param name="InTransit">Units on their way between two locations, on hand at neither.</param>
/// <param name="Bundle">What it is sold as when it is a bundle, whose levels follow from its parts; null otherwise.</param>
internal sealed record StockDetails(
    string Sku, int OnHand, int Reserved, int Available, string Availability, int Backordered, int BackorderLimit, int LowStockThreshold,
    IReadOnlyList<StockLocationDetails> Locations, long Version, PreorderDetails? Preorder = null, int InTransit = 0,
    IReadOnlyList<BundlePart>? Bundle = null)
{
    /// <summary>The details of a state at an instant: holds that have expired by then count as free.</summary>
    internal static StockDetails Of(string sku, Stock stock, long version, DateTimeOffset now)
    {
        if (stock is { Parts: { } parts, Told: { } told })
        {
            return OfBundle(sku, parts, told, version);
        }

        var expired = stock.Holds.ExpiredBy(now).SelectMany(hold => hold.Picks).ToList();
        return Of(sku, version, stock.OnHand, stock.Reserved, stock.Backordered, stock.BackorderLimit, stock.LowStockThreshold,
            stock.Shelves.Select(shelf => new StockLocationDetails(shelf.Location, shelf.OnHand, shelf.Reserved)), expired, PreorderDetails.At(stock.Preorder, now), stock.InTransit);
    }

    /// <summary>The details of a bundle: nothing lies anywhere, and what can be sold follows from the parts.</summary>
    internal static StockDetails OfBundle(string sku, IReadOnlyList<BundlePart> parts, StockBalance level, long version) =>
        new(sku, level.OnHand, level.Reserved, level.Available, level.Availability, 0, 0, 0, [], version, Bundle: parts);

    /// <summary>The details of recorded levels, less what expired since.</summary>
    internal static StockDetails Of(
        string sku, long version, int onHand, int reserved, int backordered, int backorderLimit, int lowStockThreshold,
        IEnumerable<StockLocationDetails> locations, IReadOnlyCollection<StockPick> expired, PreorderDetails? preorder, int inTransit)
    {
        var free = expired.GroupBy(pick => pick.Location, StringComparer.Ordinal).ToDictionary(at => at.Key, at => at.Sum(pick => pick.Quantity), StringComparer.Ordinal);
        var stillReserved = reserved - free.Values.Sum();
        return new StockDetails(
            sku, onHand, stillReserved, onHand - stillReserved, Stock.Availability(onHand - stillReserved, Math.Max(backorderLimit, preorder?.Limit ?? 0), lowStockThreshold),
            backordered, backorderLimit, lowStockThreshold,
            [.. locations.Select(at => at with { Reserved = at.Reserved - free.GetValueOrDefault(at.Code) }).OrderBy(at => at.Code, StringComparer.Ordinal)],
            version, preorder, inTransit);
    }
}

/// <summary>A SKU that is sold before its release.</summary>
/// <param name="ReleaseAt">When it is released.</param>
/// <param name="Limit">Units that orders may take beyond what is there until then.</param>
internal sealed record PreorderDetails(DateTimeOffset ReleaseAt, int Limit)
{
    /// <summary>The sale in advance at an instant; none from the release on.</summary>
    internal static PreorderDetails? At(Preorder? preorder, DateTimeOffset now) => preorder is not null && now < preorder.ReleaseAt ? new(preorder.ReleaseAt, preorder.Limit) : null;
}

/// <summary>A SKU at one location.</summary>
/// <param name="Code">The location.</param>
/// <param name="OnHand">Units there.</param>
/// <param name="Reserved">Units of those that are promised.</param>
internal sealed record StockLocationDetails(string Code, int OnHand, int Reserved);
