using Commerce.EventStore;
using Commerce.Orders.Contracts;

namespace Commerce.Recommendations.ReadModels;

/// <summary>What an order says to every projection here: which products, for whom, when, and whether it counts or is taken back.</summary>
/// <param name="Sign">1 for a placed order, -1 for a cancelled one.</param>
/// <param name="Products">Its products, each once, at most <see cref="Most"/>.</param>
/// <param name="CustomerId">The customer, or null.</param>
/// <param name="SessionId">The session, or null.</param>
/// <param name="At">When it was placed or cancelled.</param>
internal sealed record Basket(int Sign, IReadOnlyList<Guid> Products, Guid? CustomerId, string? SessionId, DateTimeOffset At)
{
    /// <summary>Pairs grow with the square of the products: of a wholesale order only so many products count.</summary>
    internal const int Most = 40;

    /// <summary>The announcements that are baskets.</summary>
    internal static readonly IReadOnlyCollection<Type> Types = [typeof(OrderPlacedAnnouncement), typeof(OrderCancelledAnnouncement)];

    internal static Basket? Of(Delivered delivered) => delivered.Message switch
    {
        OrderPlacedAnnouncement placed => new Basket(1, Distinct(placed.Lines), placed.CustomerId, placed.SessionId, placed.PlacedAt),
        OrderCancelledAnnouncement cancelled => new Basket(-1, Distinct(cancelled.Lines), cancelled.CustomerId, cancelled.SessionId, cancelled.CancelledAt),
        _ => null,
    };

    private static List<Guid> Distinct(IReadOnlyList<OrderedLine> lines) => [.. lines.Select(line => line.ProductId).Distinct().Take(Most)];
}
