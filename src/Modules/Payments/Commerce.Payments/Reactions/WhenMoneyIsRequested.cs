using Commerce.EventStore;
using Commerce.Orders.Contracts;
using Commerce.Outcomes;
using Dapper;
using Npgsql;

namespace Commerce.Payments.Reactions;

/// <summary>
/// Turns what an order asks for into intentions of its payments. A request names the call that it becomes, so hearing it twice is harmless; what no payment
/// can carry out is told to the order at once.
/// </summary>
internal sealed class WhenMoneyIsRequested(IServiceProvider services) : ISubscription
{
    internal const string SelectPayments = "SELECT id FROM payments.payments WHERE order_id = @orderId ORDER BY opened_at, id";

    private static readonly Guid PaymentSpace = new("2d6f6a0e-2d55-4a58-8f5e-6c0d8b3f1e90");

    /// <inheritdoc />
    public string Name => "Payments.WhenMoneyIsRequested";

    /// <inheritdoc />
    public IReadOnlyCollection<Type> Handles { get; } = [typeof(OrderMoneyRequestedAnnouncement)];

    /// <inheritdoc />
    public string Role => "commerce_payments";

    /// <inheritdoc />
    public IReadOnlyList<string> Tables => [];

    /// <inheritdoc />
    public async Task HandleAsync(IReadOnlyList<Delivered> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(page);

        // The store is asked for late: it starts the subscriptions, so it cannot be a constructor's argument of one.
        var store = (IEventStore)services.GetService(typeof(IEventStore))!;
        foreach (var asked in page.Select(delivered => (OrderMoneyRequestedAnnouncement)delivered.Message))
        {
            var outcome = asked.Kind == OrderMoneyRequestKind.Authorize
                ? await OpenAsync(store, asked, cancellationToken)
                : await ShareAsync(
                    store, asked,
                    [.. await connection.QueryAsync<Guid>(new CommandDefinition(SelectPayments, new { orderId = asked.OrderId }, transaction, cancellationToken: cancellationToken))],
                    cancellationToken);
            if (outcome.Refusal is { } refusal)
            {
                throw new InvalidOperationException($"The page is tried again: {refusal.Detail}");
            }
        }
    }

    private static Task<Outcome<Done>> OpenAsync(IEventStore store, OrderMoneyRequestedAnnouncement asked, CancellationToken cancellationToken)
    {
        var id = Identifiers.FromName(PaymentSpace, asked.RequestId.ToString());
        return store.DecideAsync<Done>(
            touches => touches.Stream<Payment>(id),
            scope => scope.Stream<Payment>(id)
                .Apply(payment => payment.Open(id, asked.OrderId, asked.RequestId, asked.Provider!, asked.Amount, asked.Currency, asked.RequestedAt, scope.Now))
                .Map(_ => default(Done)),
            Context(), cancellationToken);
    }

    private static Task<Outcome<Done>> ShareAsync(IEventStore store, OrderMoneyRequestedAnnouncement asked, IReadOnlyList<Guid> payments, CancellationToken cancellationToken) =>
        store.DecideAsync<Done>(
            touches =>
            {
                touches.Question(new RecordOrderMoney(asked.OrderId, default, null, OrderMoneyKind.Failed, 0m));
                foreach (var id in payments)
                {
                    touches.Stream<Payment>(id);
                }
            },
            scope =>
            {
                Share(scope, asked, payments);
                return default(Done);
            },
            Context(), cancellationToken);

    private static void Share(DecisionScope scope, OrderMoneyRequestedAnnouncement asked, IReadOnlyList<Guid> payments)
    {
        var streams = payments.Select(id => scope.Stream<Payment>(id)).Where(stream => !stream.State.IsTurnedDown).ToList();
        if (streams.Any(stream => stream.State.Calls.Any(call => call.RequestId == asked.RequestId)))
        {
            return;
        }

        if (asked.Kind == OrderMoneyRequestKind.Void)
        {
            streams.ForEach(stream => _ = stream.Apply(payment => payment.Void(stream.Id, asked.RequestId, asked.Reason, scope.Now)).Value);
            return;
        }

        var (kind, left) = (asked.Kind == OrderMoneyRequestKind.Capture ? PaymentCallKind.Capture : PaymentCallKind.Refund, asked.Amount);
        // What a provider took goes back before what a gift card paid, the latest first.
        foreach (var stream in kind == PaymentCallKind.Capture ? streams : [.. Enumerable.Reverse(streams).OrderBy(stream => stream.State.LedgerId is not null)])
        {
            var part = Math.Min(left, kind == PaymentCallKind.Capture ? stream.State.Capturable : stream.State.Refundable);
            if (part > 0)
            {
                _ = stream.Apply(payment => payment.Intend(stream.Id, kind, part, asked.RequestId, asked.Reason, scope.Now)).Value;
                left -= part;
            }
        }

        if (left > 0)
        {
            scope.Ask<RecordOrderMoney, OrderMoneyAnswer>(new RecordOrderMoney(
                asked.OrderId, streams.Select(stream => stream.Id).FirstOrDefault(), asked.RequestId, OrderMoneyKind.Failed, left, "not_available", "No payment of this order has so much."));
        }
    }

    private static CallContext Context() => new() { Actor = "system:payments" };
}
