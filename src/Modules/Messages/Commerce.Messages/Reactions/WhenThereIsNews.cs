using Commerce.EventStore;
using Commerce.Inventory.Contracts;
using Commerce.Messages.ReadModels;
using Commerce.Orders.Contracts;
using Npgsql;

namespace Commerce.Messages.Reactions;

/// <summary>
/// Takes down what is to be written about, in the transaction that moves its checkpoint: no news is lost, and none is told twice, because event and kind are a key.
/// It reads no order and writes no letter, so a page of many orders costs one statement.
/// </summary>
internal sealed class WhenThereIsNews(Wishes wishes, MessagesOptions options, TimeProvider time) : ISubscription
{
    /// <summary>The subscription's name, for reads that wait for it.</summary>
    public const string SubscriptionName = "Messages.WhenThereIsNews";

    internal const string Insert =
        """
        INSERT INTO messages.outbox (id, kind, cause, order_id, shipment_id, sku, amount, available, threshold, status, created_at, due_at)
        SELECT unnest($1::uuid[]), unnest($2::text[]), unnest($3::uuid[]), unnest($4::uuid[]), unnest($5::uuid[]), unnest($6::text[]), unnest($7::numeric[]),
               unnest($8::integer[]), unnest($9::integer[]), 'waiting', $10::timestamptz, $10::timestamptz
        ON CONFLICT (cause, kind) DO NOTHING
        """;

    /// <inheritdoc />
    public string Name => SubscriptionName;

    /// <inheritdoc />
    public IReadOnlyCollection<Type> Handles { get; } =
    [
        typeof(OrderPlacedAnnouncement), typeof(OrderCancelledAnnouncement), typeof(OrderShippedAnnouncement), typeof(OrderRefundedByHandAnnouncement),
        typeof(OrderMoneyRecordedAnnouncement), typeof(StockChangedAnnouncement), typeof(StockRanLowAnnouncement),
    ];

    /// <inheritdoc />
    public string Role => MessagesDatabase.Role;

    /// <summary>None that a rebuild could fill: what was sent is not sent again.</summary>
    public IReadOnlyList<string> Tables => [];

    /// <inheritdoc />
    public async Task HandleAsync(IReadOnlyList<Delivered> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(page);
        var oldest = time.GetUtcNow() - options.OldestNews;
        var news = new List<News>();
        var stocked = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (@event, message) in page)
        {
            var item = message switch
            {
                OrderPlacedAnnouncement placed => new News(MessageKinds.OrderConfirmation, @event.Id) { OrderId = placed.OrderId },
                OrderCancelledAnnouncement cancelled => new News(MessageKinds.OrderCancellation, @event.Id) { OrderId = cancelled.OrderId },
                OrderShippedAnnouncement sent => new News(MessageKinds.Shipment, @event.Id) { OrderId = sent.OrderId, ShipmentId = sent.ShipmentId },
                OrderMoneyRecordedAnnouncement { Kind: "refunded" } refund => new News(MessageKinds.Refund, @event.Id) { OrderId = refund.OrderId, Amount = refund.Amount },
                OrderRefundedByHandAnnouncement refund => new News(MessageKinds.Refund, @event.Id) { OrderId = refund.OrderId, Amount = refund.Amount },
                StockRanLowAnnouncement low when options.Staff.Address.Length > 0 =>
                    new News(MessageKinds.LowStock, @event.Id) { Sku = low.Sku, Available = low.Available, Threshold = low.Threshold },
                _ => null,
            };
            if (item is not null && @event.Timestamp >= oldest)
            {
                news.Add(item);
            }

            if (message is StockChangedAnnouncement { Availability: Availabilities.InStock or Availabilities.LowStock } stock)
            {
                stocked.Add(stock.Sku);
            }
        }

        if (news.Count > 0)
        {
            await WriteAsync(news, connection, transaction, cancellationToken);
        }

        await wishes.FulfilAsync(stocked, connection, cancellationToken);
    }

    private async Task WriteAsync(List<News> news, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await using var insert = new NpgsqlCommand(Insert, connection, transaction)
        {
            Parameters =
            {
                Of(news.ConvertAll(_ => Identifiers.Next())), Of(news.ConvertAll(item => item.Kind)), Of(news.ConvertAll(item => item.Cause)),
                Of(news.ConvertAll(item => item.OrderId)), Of(news.ConvertAll(item => item.ShipmentId)), Of(news.ConvertAll(item => item.Sku)),
                Of(news.ConvertAll(item => item.Amount)), Of(news.ConvertAll(item => item.Available)), Of(news.ConvertAll(item => item.Threshold)),
                new NpgsqlParameter<DateTime> { TypedValue = time.GetUtcNow().UtcDateTime },
            },
        };
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlParameter<T[]> Of<T>(List<T> values) => new() { TypedValue = [.. values] };

    /// <summary>Something to write about.</summary>
    private sealed record News(string Kind, Guid Cause)
    {
        public Guid? OrderId { get; init; }

        public Guid? ShipmentId { get; init; }

        public string? Sku { get; init; }

        public decimal? Amount { get; init; }

        public int? Available { get; init; }

        public int? Threshold { get; init; }
    }
}
