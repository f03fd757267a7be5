using Commerce.EventStore;
using Commerce.Outcomes;

namespace Commerce.Catalog;

/// <summary>What a category is and says; a revision replaces it as a whole.</summary>
internal sealed record CategoryContent(string Slug, IReadOnlyDictionary<string, ProductText> Translations, Guid? ParentId, int Position)
{
    /// <summary>Equal in everything, collections by content.</summary>
    public bool Same(CategoryContent other) =>
        Slug == other.Slug && ParentId == other.ParentId && Position == other.Position && Contents.Same(Translations, other.Translations);
}

/// <summary>A place in the tree where products hang. What must hold between categories is the matter of <see cref="CategoryTree"/>.</summary>
internal sealed record Category(bool Exists, CategoryContent Content) : IAggregate<Category>
{
    /// <summary>What it asks of its products' attributes; what is below it asks it too.</summary>
    public IReadOnlyList<AttributeDefinition> Attributes { get; init; } = [];

    /// <inheritdoc />
    public static string StreamType => "category";

    /// <inheritdoc />
    public static Category Initial { get; } = new(false, new CategoryContent("", new Dictionary<string, ProductText>(), null, 0));

    /// <summary>A new category.</summary>
    public static Decision Create(CategoryContent content) =>
        Decision.Of(new CategoryCreated(content.Slug, content.Translations, content.ParentId, content.Position));

    /// <summary>Other content; nothing happens when it is the same.</summary>
    public Decision Revise(CategoryContent content) => content switch
    {
        _ when !Exists => new CategoryUnknown(),
        _ when content.Translations.Count == 0 => ValidationFailed.Of("translations", "A category keeps at least one translation."),
        _ when content.Same(Content) => Decision.Nothing,
        _ => Decision.Of(new CategoryRevised(content.Slug, content.Translations, content.ParentId, content.Position)),
    };

    /// <summary>Other attributes; nothing happens when they are the same.</summary>
    public Decision Define(IReadOnlyList<AttributeDefinition> attributes) => this switch
    {
        { Exists: false } => new CategoryUnknown(),
        _ when attributes.Count == Attributes.Count && attributes.Zip(Attributes).All(pair => pair.First.Same(pair.Second)) => Decision.Nothing,
        _ => Decision.Of(new CategoryAttributesDefined(attributes)),
    };

    /// <summary>Its end; products in it keep it open.</summary>
    public Decision Remove(bool holdsProducts) => this switch
    {
        { Exists: false } => new CategoryUnknown(),
        _ when holdsProducts => new CategoryNotEmpty("There are products in it."),
        _ => Decision.Of(new CategoryRemoved()),
    };

    /// <inheritdoc />
    public Category Evolve(object @event) => @event switch
    {
        CategoryCreated e => new Category(true, new CategoryContent(e.Slug, e.Translations, e.ParentId, e.Position)),
        CategoryRevised e => this with { Content = new CategoryContent(e.Slug, e.Translations, e.ParentId, e.Position) },
        CategoryAttributesDefined e => this with { Attributes = e.Attributes },
        CategoryRemoved => Initial,
        _ => this,
    };
}

/// <summary>There is no such category.</summary>
[Problem(404, "category-unknown", "There is no such category")]
internal sealed record CategoryUnknown() : Refusal("No category has this id or slug.");
