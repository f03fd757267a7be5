using System.Collections.Immutable;
using Commerce.EventStore;
using Commerce.Outcomes;

namespace Commerce.Catalog;

/// <summary>
/// Who is under whom, and which slugs are taken, for all categories at once. It is one stream because its rules span categories: two moves that each
/// are fine alone can close a circle together, and only a common stream makes them meet.
/// </summary>
internal sealed record CategoryTree(ImmutableDictionary<Guid, CategoryPlace> Places, ImmutableDictionary<string, Guid> Slugs) : IAggregate<CategoryTree>
{
    /// <summary>The one tree of the shop.</summary>
    public static readonly Guid Id = new("6f0f2c55-6f3f-5d2b-9a55-0d5b1f1c7a03");

    /// <summary>Levels at the most.</summary>
    public const int MaxDepth = 20;

    /// <summary>Categories at the most.</summary>
    public const int MaxCategories = 50_000;

    /// <inheritdoc />
    public static string StreamType => "category_tree";

    /// <inheritdoc />
    public static CategoryTree Initial { get; } =
        new(ImmutableDictionary<Guid, CategoryPlace>.Empty, ImmutableDictionary.Create<string, Guid>(StringComparer.Ordinal));

    /// <summary>Puts a new or known category under a parent, with a slug.</summary>
    public Decision Place(Guid id, Guid? parentId, string slug)
    {
        if (Slugs.TryGetValue(slug, out var owner) && owner != id)
        {
            return new CategorySlugTaken(slug);
        }

        if (parentId is { } parent && !Places.ContainsKey(parent))
        {
            return ValidationFailed.Of("parentId", "No category has this id.");
        }

        var above = Ancestors(parentId);
        return above switch
        {
            _ when above.Contains(id) => new CategoryCircle(),
            _ when above.Count + Height(id) > MaxDepth => new CategoryTooDeep(),
            _ when !Places.ContainsKey(id) && Places.Count >= MaxCategories => new TooManyCategories(),
            _ when Places.GetValueOrDefault(id) == new CategoryPlace(parentId, slug) => Decision.Nothing,
            _ => Decision.Of(new CategoryPlaced(id, parentId, slug)),
        };
    }

    /// <summary>Takes a category out; it must have no children.</summary>
    public Decision TakeOut(Guid id) => id switch
    {
        _ when !Places.ContainsKey(id) => new CategoryUnknown(),
        _ when Places.Values.Any(place => place.ParentId == id) => new CategoryNotEmpty("It has categories below it."),
        _ => Decision.Of(new CategoryTakenOut(id)),
    };

    /// <inheritdoc />
    public CategoryTree Evolve(object @event) => @event switch
    {
        CategoryPlaced e => new CategoryTree(
            Places.SetItem(e.CategoryId, new CategoryPlace(e.ParentId, e.Slug)),
            WithoutSlugOf(e.CategoryId).SetItem(e.Slug, e.CategoryId)),
        CategoryTakenOut e => new CategoryTree(Places.Remove(e.CategoryId), WithoutSlugOf(e.CategoryId)),
        _ => this,
    };

    private ImmutableDictionary<string, Guid> WithoutSlugOf(Guid id) =>
        Places.TryGetValue(id, out var place) ? Slugs.Remove(place.Slug) : Slugs;

    // Nearest first. The tree never holds a circle, and MaxDepth bounds the walk.
    private List<Guid> Ancestors(Guid? parentId)
    {
        var above = new List<Guid>();
        while (parentId is { } parent && Places.TryGetValue(parent, out var place))
        {
            above.Add(parent);
            parentId = place.ParentId;
        }

        return above;
    }

    private int Height(Guid id)
    {
        if (!Places.ContainsKey(id))
        {
            return 1;
        }

        var height = 0;
        HashSet<Guid> level = [id];
        while (level.Count > 0)
        {
            height++;
            level = [.. Places.Where(pair => pair.Value.ParentId is { } parent && level.Contains(parent)).Select(pair => pair.Key)];
        }

        return height;
    }
}

/// <summary>A category's place.</summary>
internal sealed record CategoryPlace(Guid? ParentId, string Slug);

/// <summary>A category slug is unique in the tree.</summary>
[Problem(409, "category-slug-taken", "The slug is taken")]
internal sealed record CategorySlugTaken(string Slug) : Refusal($"The slug '{Slug}' belongs to another category.");

/// <summary>No category is below itself.</summary>
[Problem(409, "category-circle", "The move would close a circle")]
internal sealed record CategoryCircle() : Refusal("A category cannot be put below itself.");

/// <summary>A limit on everything.</summary>
[Problem(409, "category-too-deep", "The tree would be too deep")]
internal sealed record CategoryTooDeep() : Refusal($"The category tree has at most {CategoryTree.MaxDepth} levels.");

/// <summary>A limit on everything.</summary>
[Problem(409, "too-many-categories", "There are too many categories")]
internal sealed record TooManyCategories() : Refusal($"The shop has at most {CategoryTree.MaxCategories} categories.");

/// <summary>Only an empty category can be removed.</summary>
[Problem(409, "category-not-empty", "The category is not empty")]
internal sealed record CategoryNotEmpty(string Reason) : Refusal(Reason);
