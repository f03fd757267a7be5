using Commerce.EventStore;

namespace Commerce.Catalog;

/// <summary>What a variant cost when, out of its product's events: what was entered, and what everybody really paid.</summary>
internal static class PriceHistory
{
    /// <summary>The time that the lowest price looks back; the law on announced reductions asks for it.</summary>
    public static readonly TimeSpan LookBack = TimeSpan.FromDays(30);

    /// <summary>Every price entry with the time it stood in the shop's books, oldest first.</summary>
    public static IReadOnlyList<PricePeriod> Periods(IReadOnlyList<RecordedEvent> events)
    {
        var periods = new List<PricePeriod>();
        var standing = new Dictionary<(string Sku, PriceEntry Entry), DateTimeOffset>();
        foreach (var change in events)
        {
            foreach (var (sku, prices) in PricesOf(change.Data))
            {
                foreach (var key in standing.Keys.Where(key => key.Sku == sku && !prices.Contains(key.Entry)).ToList())
                {
                    periods.Add(new PricePeriod(sku, key.Entry, standing[key], change.Timestamp));
                    standing.Remove(key);
                }

                foreach (var entry in prices)
                {
                    standing.TryAdd((sku, entry), change.Timestamp);
                }
            }
        }

        periods.AddRange(standing.Select(pair => new PricePeriod(pair.Key.Sku, pair.Key.Entry, pair.Value, null)));
        return [.. periods.OrderBy(period => period.SetAt).ThenBy(period => period.Sku, StringComparer.Ordinal)];
    }

    /// <summary>
    /// The lowest that everybody paid for one piece of a variant in the last 30 days, by SKU and currency. Scheduled prices count from the instant they
    /// applied, and only if they still stood then.
    /// </summary>
    public static IReadOnlyList<LowestPrice> Lowest(IReadOnlyList<PricePeriod> periods, DateTimeOffset now)
    {
        var lowest = new List<LowestPrice>();
        foreach (var group in periods.GroupBy(period => (period.Sku, period.Entry.Currency)))
        {
            var from = now - LookBack;
            var instants = group.SelectMany(period => new[] { period.SetAt, period.ReplacedAt, period.Entry.StartsAt, period.Entry.EndsAt })
                .OfType<DateTimeOffset>()
                .Where(instant => instant > from && instant <= now)
                .Append(from)
                .Append(now)
                .Distinct();
            var paid = instants
                .Select(instant => PriceList.Applying([.. group.Where(period => period.StoodAt(instant)).Select(period => period.Entry)], group.Key.Currency, null, 1, instant)?.Amount)
                .Min();
            if (paid is { } amount)
            {
                lowest.Add(new LowestPrice(group.Key.Sku, group.Key.Currency, amount));
            }
        }

        return lowest;
    }

    private static IEnumerable<(string Sku, IReadOnlyList<PriceEntry> Prices)> PricesOf(object @event) => @event switch
    {
        ProductCreated e => e.Variants.Select(variant => (variant.Sku, variant.Prices)),
        VariantAdded e => [(e.Variant.Sku, e.Variant.Prices)],
        VariantRemoved e => [(e.Sku, [])],
        PricesSet e => [(e.Sku, e.Prices)],
        _ => [],
    };
}

/// <summary>A price entry and the time it stood in the books.</summary>
/// <param name="Sku">The variant.</param>
/// <param name="Entry">The entry.</param>
/// <param name="SetAt">When it was entered.</param>
/// <param name="ReplacedAt">When it was taken out, or null while it stands.</param>
internal sealed record PricePeriod(string Sku, PriceEntry Entry, DateTimeOffset SetAt, DateTimeOffset? ReplacedAt)
{
    /// <summary>Whether it stood at an instant.</summary>
    public bool StoodAt(DateTimeOffset instant) => SetAt <= instant && !(ReplacedAt <= instant);
}

/// <summary>The lowest price of a variant in one currency.</summary>
internal sealed record LowestPrice(string Sku, string Currency, decimal Amount);
