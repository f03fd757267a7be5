using Commerce.Catalog.Contracts;
using Commerce.EventStore;

namespace Commerce.Catalog.ReadModels;

/// <summary>Branches of the category tree for modules that know only a category's id or slug.</summary>
internal sealed class CategoryBranches(CategoryShelf shelf) : ICategoryBranches
{
    /// <inheritdoc />
    public async ValueTask<IReadOnlyList<Guid>> IdsAsync(string idOrSlug, CancellationToken cancellationToken)
    {
        var map = await shelf.AllAsync(new CallContext(), cancellationToken);
        var ids = new List<Guid>();
        if (map.Find(idOrSlug) is { } root)
        {
            ids.Add(root.Id);
            for (var i = 0; i < ids.Count; i++)
            {
                ids.AddRange(map.ChildrenOf(ids[i]).Select(child => child.Id));
            }
        }

        return ids;
    }
}
