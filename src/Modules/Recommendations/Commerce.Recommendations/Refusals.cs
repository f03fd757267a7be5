using Commerce.Outcomes;

namespace Commerce.Recommendations;

/// <summary>Shoppers cannot see such a product.</summary>
[Problem(404, "product-not-found", "There is no such product")]
internal sealed record ProductNotFound(Guid ProductId) : Refusal($"There is no product {ProductId} for sale.");
