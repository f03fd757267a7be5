namespace Commerce.Web;

/// <summary>One page of a list.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">The page's items in order.</param>
/// <param name="NextCursor">Send it back as <c>cursor</c> for the next page; null on the last one.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor)
{
    /// <summary>Cuts a page from rows that were read one beyond the limit: the extra row proves that there is a next page.</summary>
    /// <param name="rows">At most <paramref name="limit"/> + 1 rows.</param>
    /// <param name="limit">The page's size.</param>
    /// <param name="cursorOf">The cursor that goes on after this item.</param>
    public static Page<T> Cut(IReadOnlyList<T> rows, PageLimit limit, Func<T, string> cursorOf)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(cursorOf);
        if (rows.Count <= limit.Value)
        {
            return new Page<T>(rows, null);
        }

        var items = rows.Take(limit.Value).ToList();
        return new Page<T>(items, cursorOf(items[^1]));
    }
}
