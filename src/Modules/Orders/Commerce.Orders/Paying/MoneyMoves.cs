using Commerce.EventStore;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;

namespace Commerce.Orders.Paying;

/// <summary>
/// Decisions on an order's money. What staff records is one decision like any other. What payments have to move is asked for in a decision, and then
/// awaited outside of it for a while, so that most callers are told what came of it.
/// </summary>
internal sealed class MoneyMoves(EventSession session, IEventStore store, CallContext context, MoneySignal signal, OrdersOptions options, TimeProvider clock)
{
    private static readonly Guid RequestSpace = new("0b0ad7b5-6f3f-4b39-8b52-9c5d9a1b7f60");
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    /// <summary>Decides, and waits for what was asked for.</summary>
    /// <param name="id">The order.</param>
    /// <param name="ifMatch">The version that the caller expects.</param>
    /// <param name="decide">The decision; the id names a request that it may make.</param>
    /// <param name="waitsFirst">Whether a payment that is being set aside is awaited before the decision, as taking it needs it.</param>
    /// <param name="cancellationToken">The caller's end.</param>
    public async Task<Outcome<OrderResponse>> DecideAsync(
        Guid id, long? ifMatch, Func<Order, DateTimeOffset, Guid?, Decision> decide, bool waitsFirst, CancellationToken cancellationToken)
    {
        var known = await LoadAsync(id, cancellationToken);
        if (!known.Exists)
        {
            return new OrderNotFound();
        }

        if (waitsFirst && known.Payment is { NextAction: null, Provider: not null } && known.Payment.Open(MoneyRequestKind.Authorize).Amount > 0)
        {
            known = await UntilAsync(id, payment => payment.NextAction is not null || payment.Open(MoneyRequestKind.Authorize).Amount == 0, cancellationToken);
        }

        // A repeat under the same key asks for the same, also after a crash between the asking and the answer.
        var request = context.Idempotency is { } key ? Identifiers.FromName(RequestSpace, $"{id}/{key.Caller}/{key.Key}") : Identifiers.Next();
        var isAsked = known.Payment.Request(request) is not null;
        if (!isAsked && !decide(known, clock.GetUtcNow(), request).Events.Any(@event => @event is PaymentRequested))
        {
            return await session.DecideAsync<Order, OrderResponse>(id, (order, scope) => Decide(order, ifMatch, state => decide(state, scope.Now, request), id), cancellationToken);
        }

        // Asked for without the caller's key: what is kept under that is the answer, once there is one.
        var own = new CallContext { Actor = context.Actor, CorrelationId = context.CorrelationId, Reason = context.Reason };
        var asked = isAsked ? default : await store.DecideAsync<OrderResponse>(
            touches => touches.Stream<Order>(id), scope => Decide(scope.Stream<Order>(id), ifMatch, state => decide(state, scope.Now, request), id), own, cancellationToken);
        context.Written = own.Written ?? context.Written;
        if (asked.Refusal is not null)
        {
            return asked;
        }

        await UntilAsync(id, payment => payment.Request(request) is not { IsOpen: true } || payment.NextAction is not null, cancellationToken);
        var (order, version) = await store.LoadAsync<Order>(id, null, null, cancellationToken);
        return order.Payment.Request(request) is { Failure: { } failure, IsOpen: false } failed && failure != PaymentFailure.Voided
            ? new PaymentDeclined(failure, failed.FailureMessage)
            : OrderResponse.Of(id, version, order);
    }

    private static Outcome<OrderResponse> Decide(StagedStream<Order> order, long? ifMatch, Func<Order, Decision> decide, Guid id) => order.Exists
        ? order.Expect(ifMatch).Then(stream => stream.Apply(decide)).Map(state => OrderResponse.Of(id, order.Version, state))
        : new OrderNotFound();

    private async Task<Order> LoadAsync(Guid id, CancellationToken cancellationToken) => (await store.LoadAsync<Order>(id, null, null, cancellationToken)).State;

    private async Task<Order> UntilAsync(Guid id, Func<Payment, bool> isSettled, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        try
        {
            while (true)
            {
                var next = signal.Next(id);
                var order = await LoadAsync(id, cancellationToken);
                if (isSettled(order.Payment) || clock.GetElapsedTime(started) > options.PaymentPatience)
                {
                    return order;
                }

                await Task.WhenAny(next, Task.Delay(Look, clock, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            signal.Forget(id);
        }
    }
}
