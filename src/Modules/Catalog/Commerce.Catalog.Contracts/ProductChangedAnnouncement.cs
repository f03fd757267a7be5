namespace Commerce.Catalog.Contracts;

/// <summary>A product as it stands after a change; announced after every one.</summary>
/// <param name="ProductId">The product's id.</param>
/// <param name="Slug">Its slug.</param>
/// <param name="Status"><c>draft</c>, <c>active</c> or <c>archived</c>.</param>
/// <param name="Names">Its names by locale.</param>
/// <param name="CategoryIds">The categories it is in.</param>
/// <param name="Attributes">Its attributes; the brand is one of them.</param>
/// <param name="Skus">The SKUs of its variants.</param>
public sealed record ProductChangedAnnouncement(
    Guid ProductId,
    string Slug,
    string Status,
    IReadOnlyDictionary<string, string> Names,
    IReadOnlyList<Guid> CategoryIds,
    IReadOnlyDictionary<string, string> Attributes,
    IReadOnlyList<string> Skus);
