using Commerce.EventStore;
using Commerce.Monetary;
using Commerce.Outcomes;
using Commerce.Payments.Providers;
using Microsoft.Extensions.Logging;

namespace Commerce.Payments.Work;

/// <summary>
/// Makes the calls that payments decided on, outside of any transaction, and records what came of them. The intention stood before; when nobody knows
/// whether it was carried out, the provider is asked by the call's key first.
/// </summary>
internal sealed class PaymentCalls(
    IEventStore store, PaymentProviders providers, ProviderCalls calls, Leases leases, PaymentsOptions options, TimeProvider clock, ILogger<PaymentCalls> log)
{
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(5);

    /// <summary>Carries out a call that is open, unless another process is at it.</summary>
    public async Task RunAsync(Guid paymentId, Guid callId, CancellationToken cancellationToken)
    {
        var takes = await leases.TakeAsync(callId, null, cancellationToken);
        if (takes == 0)
        {
            return;
        }

        var (payment, _) = await store.LoadAsync<Payment>(paymentId, null, null, cancellationToken);
        if (payment.Call(callId) is { IsOpen: true } call)
        {
            var outcome = await (payment.LedgerId is { } ledger
                ? GiveBackToLedgerAsync(paymentId, payment, ledger, call, cancellationToken)
                : AskProviderAsync(paymentId, payment, call, asksFirst: takes > 1 || call.Attempts > 0, cancellationToken));
            if (!outcome.IsSuccess)
            {
                // Not recorded: the lease stays, and whoever takes it over asks the provider first.
                return;
            }
        }

        await leases.GiveBackAsync(callId, cancellationToken);
    }

    /// <summary>Asks the provider how a payment stands and records what is new.</summary>
    /// <returns>What went wrong, or null.</returns>
    public async Task<string?> LookAsync(Guid paymentId, CancellationToken cancellationToken)
    {
        var (payment, version) = await store.LoadAsync<Payment>(paymentId, null, null, cancellationToken);
        if (version == 0 || payment.LedgerId is not null || providers.Find(payment.Provider) is not { } provider)
        {
            return null;
        }

        var (state, problem) = await calls.AskAsync(token => provider.LookAsync(Identity(paymentId, payment), token), cancellationToken);
        if (state is not null)
        {
            await DecideAsync(paymentId, payment.OrderId, (it, now) => it.Observe(state, now), cancellationToken);
        }

        return problem;
    }

    private async Task<Outcome<Done>> AskProviderAsync(Guid paymentId, Payment payment, PaymentCall call, bool asksFirst, CancellationToken cancellationToken)
    {
        var (answer, problem) = await AnswerAsync(paymentId, payment, call, asksFirst, cancellationToken);
        if (answer is null)
        {
            var retryAt = clock.GetUtcNow() + BackOff(call.Attempts);
            PaymentsLog.CallUnsettled(log, call.Id, paymentId, problem!, retryAt);
            return await DecideAsync(
                paymentId, payment.OrderId, (it, now) => it.Unsettle(call.Id, problem!.Length > 300 ? problem[..300] : problem, retryAt, now), cancellationToken);
        }

        if (!answer.IsDone && call.Kind != PaymentCallKind.Authorize)
        {
            PaymentsLog.CallDeclined(log, call.Kind.ToString(), call.Amount, paymentId, answer.Code);
        }

        return await DecideAsync(paymentId, payment.OrderId, (it, now) => it.Settle(call.Id, answer, now), cancellationToken);
    }

    private async Task<(ProviderAnswer? Answer, string? Problem)> AnswerAsync(Guid paymentId, Payment payment, PaymentCall call, bool asksFirst, CancellationToken cancellationToken)
    {
        // A void that comes when there is nothing left to give up has been done.
        if (call.Kind == PaymentCallKind.Void && payment is { Held: 0, IsPending: false })
        {
            return (new ProviderAnswer(true, null, null, null), null);
        }

        if (providers.Find(payment.Provider) is not { } provider)
        {
            return (null, $"No provider named {payment.Provider} is set up.");
        }

        var token = call.Kind == PaymentCallKind.Authorize ? await providers.TokenOfAsync(payment, cancellationToken) : null;
        var asked = new ProviderCall(
            call.Id, call.Kind, Identity(paymentId, payment), payment.OrderId, Money.Of(call.Amount, payment.Currency), token,
            ReturnUrl(paymentId, payment.OrderId));
        if (asksFirst)
        {
            var (found, unheard) = await calls.AskAsync(stop => provider.FindAsync(asked, stop), cancellationToken);
            if (found is not null || unheard is not null)
            {
                return (found, unheard);
            }
        }

        if (call.Kind == PaymentCallKind.Authorize && token is null)
        {
            return (ProviderAnswer.Declined("token_missing", "What the browser got from the provider is gone; pay again."), null);
        }

        return await calls.AskAsync(stop => provider.CallAsync(asked, stop), cancellationToken);
    }

    // A ledger is ours: giving back to it is one commit with the payment and its order, and has no outcome that nobody knows.
    private Task<Outcome<Done>> GiveBackToLedgerAsync(Guid paymentId, Payment payment, Guid ledgerId, PaymentCall call, CancellationToken cancellationToken) =>
        store.DecideAsync<Done>(
            touches => PaymentDesk.Touch(touches, paymentId, payment.OrderId).Stream<StoredValue>(ledgerId),
            scope =>
            {
                var current = scope.Stream<Payment>(paymentId).State;
                if (current.Call(call.Id) is { IsOpen: true })
                {
                    var ledger = scope.Stream<StoredValue>(ledgerId);
                    _ = ledger.Apply(state => state.Return(call.Amount, payment.OrderId, paymentId, call.Id, scope.Now)).Value;
                    var state = new ProviderState("", current.Authorized, current.Captured, current.Refunded + call.Amount, true);
                    PaymentDesk.Apply(scope, paymentId, it => it.Settle(call.Id, ProviderAnswer.Done(state), scope.Now));
                }

                return default(Done);
            },
            Context(), cancellationToken);

    private Task<Outcome<Done>> DecideAsync(Guid paymentId, Guid orderId, Func<Payment, DateTimeOffset, Decision> decide, CancellationToken cancellationToken) =>
        store.DecideAsync<Done>(
            touches => PaymentDesk.Touch(touches, paymentId, orderId),
            scope =>
            {
                PaymentDesk.Apply(scope, paymentId, payment => decide(payment, scope.Now));
                return default(Done);
            },
            Context(), cancellationToken);

    private string ReturnUrl(Guid paymentId, Guid orderId) => options.ReturnUrl is { } page
        ? page.Replace("{paymentId}", paymentId.ToString(), StringComparison.Ordinal).Replace("{orderId}", orderId.ToString(), StringComparison.Ordinal)
        : $"{options.PublicUrl.TrimEnd('/')}/api/v1/payments/{paymentId}/return";

    private static CallContext Context() => new() { Actor = "system:payments" };

    private static PaymentIdentity Identity(Guid id, Payment payment) => new(id, payment.Reference, payment.Currency);

    private static TimeSpan BackOff(int attempts)
    {
        var seconds = TimeSpan.FromSeconds(1 << Math.Min(attempts, 9));
        return seconds < LongestBackOff ? seconds : LongestBackOff;
    }
}
