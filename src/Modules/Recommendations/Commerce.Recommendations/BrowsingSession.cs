using Commerce.EventStore;

namespace Commerce.Recommendations;

/// <summary>A shopper looked at a product.</summary>
/// <param name="SessionId">The shopper's browsing session as the storefront names it.</param>
/// <param name="ProductId">The product.</param>
/// <param name="CustomerId">The customer, or null for a guest.</param>
internal sealed record ProductViewed(string SessionId, Guid ProductId, Guid? CustomerId);

/// <summary>One shopper's visit: only what it needs to tell a new look from a reload.</summary>
internal sealed record BrowsingSession : IAggregate<BrowsingSession>
{
    private static readonly Guid Space = new("b7b2f0d3-54a1-4a53-9a04-0c7f6f0f5e21");

    /// <inheritdoc />
    public static string StreamType => "browsing_session";

    /// <inheritdoc />
    public static BrowsingSession Initial { get; } = new();

    private Guid? LastProduct { get; init; }

    private Guid? LastCustomer { get; init; }

    /// <summary>The stream of a session.</summary>
    internal static Guid IdOf(string sessionId) => Identifiers.FromName(Space, sessionId);

    /// <summary>Records a look. The same product again, with nothing looked at in between, is a reload.</summary>
    internal Decision View(string sessionId, Guid productId, Guid? customerId) =>
        productId == LastProduct && customerId == LastCustomer ? Decision.Nothing : Decision.Of(new ProductViewed(sessionId, productId, customerId));

    /// <inheritdoc />
    public BrowsingSession Evolve(object @event) =>
        @event is ProductViewed viewed ? this with { LastProduct = viewed.ProductId, LastCustomer = viewed.CustomerId } : this;
}
