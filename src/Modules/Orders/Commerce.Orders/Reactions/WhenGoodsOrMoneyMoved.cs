using Commerce.EventStore;
using Commerce.Orders.Billing;
using Commerce.Outcomes;
using Npgsql;

namespace Commerce.Orders.Reactions;

/// <summary>
/// Writes the books of an order a moment after goods or money moved: invoices for what was sent, credit notes for what came back. What is due follows from the
/// order's state, so hearing of a movement twice, or of several at once, issues every document once.
/// </summary>
internal sealed class WhenGoodsOrMoneyMoved(IServiceProvider services, OrdersOptions options, TimeProvider time) : ISubscription
{
    private static readonly DocumentKind[] Kinds = [DocumentKind.Invoice, DocumentKind.CreditNote];

    /// <summary>The subscription's name, for reads that wait for it.</summary>
    public const string SubscriptionName = "Orders.WhenGoodsOrMoneyMoved";

    /// <inheritdoc />
    public string Name => SubscriptionName;

    /// <inheritdoc />
    public IReadOnlyCollection<Type> Handles { get; } = [typeof(ShipmentDispatched), typeof(ReturnReceived), typeof(PaymentRefunded), typeof(OrderEdited)];

    /// <inheritdoc />
    public string Role => "commerce_orders";

    /// <inheritdoc />
    public IReadOnlyList<string> Tables => [];

    /// <inheritdoc />
    public async Task HandleAsync(IReadOnlyList<Delivered> page, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(page);
        // The store is asked for late: it starts the subscriptions, so it cannot be a constructor's argument of one.
        var store = (IEventStore)services.GetService(typeof(IEventStore))!;
        var outcomes = await Task.WhenAll(page.Select(delivered => delivered.Event.StreamId).Distinct().Select(order => store.DecideAsync<Done>(
            touches => Touch(touches, order), scope => Write(scope, order), new CallContext { Actor = "system:bookkeeping" }, cancellationToken)));
        if (outcomes.FirstOrDefault(outcome => !outcome.IsSuccess).Refusal is { } refusal)
        {
            throw new InvalidOperationException($"The page is tried again: {refusal.Detail}");
        }
    }

    private void Touch(Touches touches, Guid orderId)
    {
        touches.Stream<Order>(orderId).Stream<OrderBooks>(OrderBooks.IdOf(orderId));
        // The year may turn between this and the decision.
        var now = time.GetUtcNow();
        foreach (var year in new[] { now.Year, now.AddHours(1).Year }.Distinct())
        {
            Array.ForEach(Kinds, kind => touches.Stream<DocumentSeries>(DocumentSeries.IdOf(DocumentSeries.NameOf(kind, year))));
        }
    }

    private Outcome<Done> Write(DecisionScope scope, Guid orderId)
    {
        var (order, books) = (scope.Stream<Order>(orderId).State, scope.Stream<OrderBooks>(OrderBooks.IdOf(orderId)));
        while (books.State.Next(order) is { } draft)
        {
            var series = DocumentSeries.NameOf(draft.Kind, scope.Now.Year);
            var numbered = scope.Stream<DocumentSeries>(DocumentSeries.IdOf(series)).Apply(state => state.Give(series, orderId)).Value;
            _ = books.Apply(OrderBooks.Issue(draft, orderId, order, DocumentSeries.Write(series, numbered.Last), options.Seller, scope.Now)).Value;
        }

        return default(Done);
    }
}
