namespace Commerce.Catalog;

/// <summary>
/// Which price applies. Asked at the moment of reading, so that a scheduled price holds from its instant on without anything having to run.
/// Of the entries whose conditions hold, the most particular one wins: the caller's group before everybody, then the larger minimum quantity, then the
/// later start (a sale or a price rise supersedes what was before), then the lower amount.
/// </summary>
internal static class PriceList
{
    /// <summary>The entry that applies, or null when there is none.</summary>
    public static PriceEntry? Applying(IReadOnlyList<PriceEntry> prices, string currency, string? customerGroup, int quantity, DateTimeOffset now)
    {
        PriceEntry? best = null;
        foreach (var entry in prices)
        {
            if (Holds(entry, currency, customerGroup, quantity, now) && (best is null || Precedes(entry, best)))
            {
                best = entry;
            }
        }

        return best;
    }

    /// <summary>The next instant at which another entry may apply, or null when nothing is scheduled.</summary>
    public static DateTimeOffset? NextChange(IEnumerable<PriceEntry> prices, DateTimeOffset now)
    {
        DateTimeOffset? next = null;
        foreach (var entry in prices)
        {
            next = Earlier(next, entry.StartsAt, now);
            next = Earlier(next, entry.EndsAt, now);
        }

        return next;
    }

    /// <summary>
    /// What everybody pays for one piece of the cheapest variant, as consecutive spans of time from the past without beginning to the future without end.
    /// Times without a price are left out.
    /// </summary>
    public static IReadOnlyList<PriceSpan> Spans(IReadOnlyList<ProductVariant> variants)
    {
        var spans = new List<PriceSpan>();
        foreach (var currency in variants.SelectMany(variant => variant.Prices).Select(entry => entry.Currency).Distinct(StringComparer.Ordinal))
        {
            var entries = variants.SelectMany(variant => variant.Prices).Where(entry => entry.Currency == currency).ToList();
            List<DateTimeOffset> instants = [.. entries.SelectMany(Instants).Distinct().Order()];
            instants.Insert(0, DateTimeOffset.MinValue);
            for (var i = 0; i < instants.Count; i++)
            {
                var until = i + 1 < instants.Count ? instants[i + 1] : (DateTimeOffset?)null;
                if (Lowest(variants, currency, instants[i]) is { } amount)
                {
                    Extend(spans, new PriceSpan(currency, amount, i == 0 ? null : instants[i], until));
                }
            }
        }

        return spans;
    }

    /// <summary>What the cheapest variant costs in this currency for everybody, or null.</summary>
    public static decimal? Lowest(IEnumerable<ProductVariant> variants, string currency, DateTimeOffset now) =>
        variants.Select(variant => Applying(variant.Prices, currency, null, 1, now)?.Amount).Min();

    private static void Extend(List<PriceSpan> spans, PriceSpan span)
    {
        if (spans.Count > 0 && spans[^1] is var last && last.Currency == span.Currency && last.Amount == span.Amount && last.Until == span.From)
        {
            spans[^1] = last with { Until = span.Until };
        }
        else
        {
            spans.Add(span);
        }
    }

    private static IEnumerable<DateTimeOffset> Instants(PriceEntry entry)
    {
        if (entry.StartsAt is { } start)
        {
            yield return start;
        }

        if (entry.EndsAt is { } end)
        {
            yield return end;
        }
    }

    private static bool Holds(PriceEntry entry, string currency, string? customerGroup, int quantity, DateTimeOffset now) =>
        entry.Currency == currency
        && entry.MinQuantity <= quantity
        && (entry.CustomerGroup is null || entry.CustomerGroup == customerGroup)
        && !(entry.StartsAt > now)
        && !(entry.EndsAt <= now);

    private static bool Precedes(PriceEntry left, PriceEntry right)
    {
        if (left.CustomerGroup is null != right.CustomerGroup is null)
        {
            return left.CustomerGroup is not null;
        }

        if (left.MinQuantity != right.MinQuantity)
        {
            return left.MinQuantity > right.MinQuantity;
        }

        var byStart = Nullable.Compare(left.StartsAt, right.StartsAt);
        return byStart != 0 ? byStart > 0 : left.Amount < right.Amount;
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? next, DateTimeOffset? instant, DateTimeOffset now) =>
        instant > now && (next is null || instant < next) ? instant : next;
}

/// <summary>An amount that holds over a span of time.</summary>
/// <param name="Currency">ISO 4217 code.</param>
/// <param name="Amount">Major units.</param>
/// <param name="From">Inclusive; null is since ever.</param>
/// <param name="Until">Exclusive; null is for ever.</param>
internal sealed record PriceSpan(string Currency, decimal Amount, DateTimeOffset? From, DateTimeOffset? Until);
