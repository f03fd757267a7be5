using Commerce.EventStore;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;

namespace Commerce.Orders.Placing;

/// <summary>The common way of small edits of a cart: may this caller, is it the version they saw, what does the cart say, and how does it look now.</summary>
internal sealed class CartEdits(EventSession session, IEventStore store, CartQuotes quotes, CheckoutRules rules)
{
    /// <summary>Runs an edit and shows the cart after it. Offers are asked for before the decision, because the answer is committed with it.</summary>
    public async Task<Outcome<CartResponse>> EditAsync(
        Guid id, Caller caller, long? ifMatch, Func<Cart, DateTimeOffset, Decision> edit, CancellationToken cancellationToken)
    {
        var (known, _) = await store.LoadAsync<Cart>(id, null, null, cancellationToken);
        var quote = await quotes.QuoteAsync(known, cancellationToken);
        return await session.DecideAsync<Cart, CartResponse>(
            id,
            (cart, scope) => cart.State.IsOpenTo(Ownership.CustomerOf(caller), caller.Has(Ownership.WriteScope))
                ? cart.Expect(ifMatch)
                    .Then(stream => stream.Apply(state => edit(state.At(scope.Now, rules.CartLifetime), scope.Now)))
                    .Map(state => quote.Show(id, cart.Version, state.At(scope.Now, rules.CartLifetime)))
                : new CartNotFound(),
            cancellationToken);
    }
}
