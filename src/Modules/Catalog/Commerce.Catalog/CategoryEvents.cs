namespace Commerce.Catalog;

/// <summary>A category came into being.</summary>
internal sealed record CategoryCreated(string Slug, IReadOnlyDictionary<string, ProductText> Translations, Guid? ParentId, int Position);

/// <summary>Its texts, slug, parent or place among its siblings changed.</summary>
internal sealed record CategoryRevised(string Slug, IReadOnlyDictionary<string, ProductText> Translations, Guid? ParentId, int Position);

/// <summary>What it asks of its products' attributes was defined anew, as a whole.</summary>
internal sealed record CategoryAttributesDefined(IReadOnlyList<AttributeDefinition> Attributes);

/// <summary>It is gone.</summary>
internal sealed record CategoryRemoved();

/// <summary>The tree has the category under this parent, with this slug; also after a move or another slug.</summary>
internal sealed record CategoryPlaced(Guid CategoryId, Guid? ParentId, string Slug);

/// <summary>The tree has the category no more.</summary>
internal sealed record CategoryTakenOut(Guid CategoryId);
