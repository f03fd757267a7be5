namespace Commerce.Recommendations;

/// <summary>Marks the module's schema <c>recommendations</c> and its role.</summary>
internal sealed class RecommendationsDatabase
{
    internal const string Schema = "recommendations";
    internal const string Role = "commerce_recommendations";
}
