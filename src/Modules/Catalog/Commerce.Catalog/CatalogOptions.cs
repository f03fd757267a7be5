namespace Commerce.Catalog;

/// <summary>Settings of the catalogue, section <c>Catalog</c>.</summary>
internal sealed class CatalogOptions
{
    /// <summary>Locales whose pages are cached; pages in other locales are made for each request. Bounded, so that nobody fills the cache with inventions.</summary>
    public string[] Locales { get; set; } = ["en", "ko", "ja"];

    /// <summary>Currencies whose pages are cached.</summary>
    public string[] Currencies { get; set; } = ["USD", "EUR", "GBP", "KRW", "JPY"];

    /// <summary>The currency of lists when the caller names none.</summary>
    public string Currency { get; set; } = "USD";

    /// <summary>Whether this host works import jobs off.</summary>
    public bool RunImports { get; set; } = true;

    /// <summary>
    /// Milliseconds that a page of a list or of search results is kept; no event drops it, so this stays below <c>Cache:Bound</c>. 0 makes each anew.
    /// </summary>
    public int ListMilliseconds { get; set; } = 200;

    /// <summary>Seconds that a page stays cached when nothing invalidates it.</summary>
    public int PageSeconds { get; set; } = 300;

    /// <summary>False searches for every page anew: for measuring.</summary>
    public bool KeepsResults { get; set; } = true;

    /// <summary>Bytes of postings that search remembers at the most; what is not remembered is read for the search that wants it.</summary>
    public long SearchPostingBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Seconds between two countings of what was searched for.</summary>
    public double SearchLogSeconds { get; set; } = 2;
}
