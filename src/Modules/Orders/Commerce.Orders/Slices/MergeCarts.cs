using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Commerce.Orders.Placing;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// A guest signs in: what lay in the guest's cart goes into the customer's, in one commit, so that no item is in both or in neither.

/// <summary>The other cart.</summary>
/// <param name="SourceCartId">The cart to take the items from; it is closed by it.</param>
internal sealed record MergeCartsRequest(Guid SourceCartId);

internal sealed record MergeCarts(Guid Id, Guid SourceId, long? IfMatch, Caller Caller) : IRequest<Outcome<CartResponse>>;

internal sealed class MergeCartsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/carts/{id:guid}/merge", (Guid id, MergeCartsRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new MergeCarts(id, body.SourceCartId, dispatcher.IfMatch, dispatcher.Caller), Respond.Ok<CartResponse>(cart => cart.Version), cancellationToken))
        .AllowAnonymous()
        .Returns<CartResponse>()
        .Refuses<ValidationFailed, CartNotFound, CartClosed, CartHasExpired, CartIsFull, CartsDiffer, StaleVersion, IdempotencyKeyReused>()
        .Refuses<StoreOverloaded>();
}

internal sealed class MergeCartsHandler(EventSession session, IEventStore store, CartQuotes quotes, CheckoutRules rules)
    : IRequestHandler<MergeCarts, Outcome<CartResponse>>
{
    public async Task<Outcome<CartResponse>> Handle(MergeCarts command, CancellationToken cancellationToken)
    {
        if (command.Id == command.SourceId)
        {
            return ValidationFailed.Of("sourceCartId", "Another cart than the one it is merged into.");
        }

        // Read first only for the prices to show; an item that slips in between is shown as unavailable until the next read.
        var (target, _) = await store.LoadAsync<Cart>(command.Id, null, null, cancellationToken);
        var (source, _) = await store.LoadAsync<Cart>(command.SourceId, null, null, cancellationToken);
        if (!IsOpen(target, command) || !IsOpen(source, command))
        {
            return new CartNotFound();
        }

        var lines = target.Items.AddRange(target.Saved).AddRange(source.Items).AddRange(source.Saved).ConvertAll(item => new SkuQuantity(item.Sku, item.Quantity));
        var quote = await quotes.QuoteAsync(lines, target.Currency, target.CustomerId, target.Email, [.. target.Coupons.Union(source.Coupons, StringComparer.Ordinal)], cancellationToken);
        return await session.DecideAsync(
            touches => touches.Stream<Cart>(command.Id).Stream<Cart>(command.SourceId),
            scope => scope.Stream<Cart>(command.Id).Expect(command.IfMatch).Then(cart => Decide(cart, scope.Stream<Cart>(command.SourceId), scope.Now)
                .Map(state => quote.Show(command.Id, cart.Version, state.At(scope.Now, rules.CartLifetime)))),
            cancellationToken);
    }

    private Outcome<Cart> Decide(StagedStream<Cart> target, StagedStream<Cart> source, DateTimeOffset now)
    {
        var given = source.State.At(now, rules.CartLifetime);
        var before = source.Version;
        return source.Apply(given.MergeInto(target.Id, now))
            .Then(_ => source.Version == before ? target.State : target.Apply(cart => cart.At(now, rules.CartLifetime).TakeIn(given, now)));
    }

    private static bool IsOpen(Cart cart, MergeCarts command) => cart.IsOpenTo(Ownership.CustomerOf(command.Caller), command.Caller.Has(Ownership.WriteScope));
}
