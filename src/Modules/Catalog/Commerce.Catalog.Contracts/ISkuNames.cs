namespace Commerce.Catalog.Contracts;

/// <summary>What the goods are called, whether they have a price or not.</summary>
public interface ISkuNames
{
    /// <summary>The product names by SKU, in the asked language or the nearest one there is; a SKU that is unknown or whose product is not for sale is absent.</summary>
    ValueTask<IReadOnlyDictionary<string, string>> NamesAsync(IReadOnlyCollection<string> skus, string locale, CancellationToken cancellationToken);
}
