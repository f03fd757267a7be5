namespace Commerce.Catalog.Contracts;

/// <summary>What a shopper means by a category: it and everything below it.</summary>
public interface ICategoryBranches
{
    /// <summary>The ids of a category and of all below it, the category's own first; empty when nobody knows it.</summary>
    /// <param name="idOrSlug">Its id or slug.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    ValueTask<IReadOnlyList<Guid>> IdsAsync(string idOrSlug, CancellationToken cancellationToken);
}
