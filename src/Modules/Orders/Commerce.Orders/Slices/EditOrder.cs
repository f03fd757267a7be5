using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Commerce.Inventory.Contracts;
using Commerce.Monetary;
using Commerce.Orders.Paying;
using Commerce.Orders.Placing;
using Commerce.Orders.Pricing;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// Owner or staff changes an order before its goods leave: stock and money move with it in the same commit. A preview is the very decision, undone.

/// <summary>What the order shall be; what is not named stays.</summary>
/// <param name="Lines">How many units of a SKU the order shall hold: 0 takes it out, a new SKU puts it in.</param>
/// <param name="ShippingAddress">Where it shall go.</param>
/// <param name="ShippingMethod">How it shall go.</param>
/// <param name="ExpectedTotal">The total that the shopper was shown.</param>
/// <param name="Reason">For people, up to 500 characters.</param>
/// <param name="Locale">The language of the names of new SKUs.</param>
/// <param name="Preview">True to see the order as it would be; nothing changes.</param>
internal sealed record EditOrderRequest(
    IReadOnlyList<EditOrderLineRequest>? Lines = null, PostalAddress? ShippingAddress = null, string? ShippingMethod = null, Money? ExpectedTotal = null,
    string? Reason = null, string? Locale = null, bool Preview = false);

/// <summary>A SKU and how many units of it there shall be.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Quantity">0 to 10,000.</param>
internal sealed record EditOrderLineRequest(string Sku, int Quantity);

internal sealed record EditOrder(Guid Id, EditOrderRequest Body, long? IfMatch, OrderReader Reader) : IRequest<Outcome<OrderResponse>>;

internal sealed class EditOrderValidator : AbstractValidator<EditOrder>
{
    public EditOrderValidator()
    {
        RuleFor(command => command.Body.Lines)
            .Must(lines => lines is null || lines.Count <= Cart.MaxLines).WithMessage("At most 200 lines.")
            .Must(lines => lines is null || lines.DistinctBy(line => line?.Sku).Count() == lines.Count).WithMessage("Every SKU once: a line says how many there shall be.");
        RuleForEach(command => command.Body.Lines).NotNull().WithMessage("A line must not be null.").ChildRules(line =>
        {
            line.RuleFor(one => one.Sku).Must(Shapes.IsSku).WithMessage("1 to 64 printable characters without spaces.");
            line.RuleFor(one => one.Quantity).Must(quantity => quantity is >= 0 and <= Cart.MaxQuantity).WithMessage("0 to 10,000.");
        });
        RuleFor(command => command.Body.ShippingAddress!).SetValidator(PostalAddressRules.Instance).When(command => command.Body.ShippingAddress is not null);
        RuleFor(command => command.Body.ShippingMethod).Must(method => method is null || Shapes.IsWord(method, 64)).WithMessage("The name of a shipping method.");
        RuleFor(command => command.Body.Reason).MaximumLength(500);
        RuleFor(command => command.Body.Locale).Must(locale => locale is null || Shapes.IsWord(locale, 35)).WithMessage("A language tag such as en or ko.");
    }
}

internal sealed class EditOrderEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/orders/{id:guid}/edits", (Guid id, EditOrderRequest body, bool? preview, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new EditOrder(id, body with { Preview = preview ?? body.Preview }, dispatcher.IfMatch, dispatcher.Reader(Ownership.WriteScope)),
                Respond.Ok<OrderResponse>(order => order.Version), cancellationToken))
        .AllowAnonymous()
        .Returns<OrderResponse>()
        .Refuses<ValidationFailed, OrderNotFound, OrderIsCancelled, OrderAlreadyShipped, OrderWouldBeEmpty, OrderTooLarge, SkuUnavailable, InsufficientStock>()
        .Refuses<PriceChanged, StaleVersion, IdempotencyKeyReused, StoreOverloaded>()
        .WithSummary("Change an order before it is shipped, or see what a change would cost");
}

internal sealed class EditOrderHandler(IPriceBook prices, OrderPricing pricing, IShippingRates shipping, EventSession session, IEventStore store)
    : IRequestHandler<EditOrder, Outcome<OrderResponse>>
{
    public async Task<Outcome<OrderResponse>> Handle(EditOrder command, CancellationToken cancellationToken)
    {
        var (known, _) = await store.LoadAsync<Order>(command.Id, null, null, cancellationToken);
        if (!known.IsOpenTo(command.Reader))
        {
            return new OrderNotFound();
        }

        var (body, currency) = (command.Body, known.Totals.Total.Currency);
        if (body.ShippingMethod is { } method && !shipping.Offers(method))
        {
            return ValidationFailed.Of("shippingMethod", "This shipping method is not offered.");
        }

        if (body.ExpectedTotal is { } expected && expected.Currency != currency)
        {
            return ValidationFailed.Of("expectedTotal.currency", $"The order is in {currency}.");
        }

        var lines = (body.Lines ?? []).Select(line => new SkuQuantity(line.Sku, line.Quantity)).ToArray();
        var wanted = lines.Where(line => line.Quantity > 0).ToArray();
        var offers = await prices.OffersAsync(wanted, currency, null, body.Locale ?? OrdersOptions.DefaultLocale, cancellationToken);
        var edit = new OrderEdit(lines, body.ShippingAddress, body.ShippingMethod, body.ExpectedTotal, body.Reason);
        Action<Touches> touch = touches => touches.Stream<Order>(command.Id)
            .Question(new AllocateStock(command.Id, [.. lines.Select(line => new StockLine(line.Sku, line.Quantity))]));
        if (!body.Preview)
        {
            return await session.DecideAsync(touch, scope => Decide(scope, command, edit, offers), cancellationToken);
        }

        // A refused decision leaves nothing behind, neither events nor, in a context of its own, an answer under the caller's key.
        var seen = default(OrderResponse);
        var outcome = await store.DecideAsync<OrderResponse>(
            touch,
            scope =>
            {
                var version = scope.Stream<Order>(command.Id).Version;
                var decided = Decide(scope, command, edit, offers);
                seen = decided.IsSuccess ? decided.Value with { Version = version } : null;
                return decided.IsSuccess ? new OnlyPreviewed() : decided;
            },
            new CallContext(), cancellationToken);
        return outcome.Refusal is OnlyPreviewed ? seen! : outcome;
    }

    private Outcome<OrderResponse> Decide(DecisionScope scope, EditOrder command, OrderEdit edit, IReadOnlyDictionary<string, SkuOffer> offers) =>
        scope.Stream<Order>(command.Id).Expect(command.IfMatch).Then(order =>
        {
            var changes = order.State.ChangesOf(edit);
            return order.Apply(state => state.Edit(edit, offers, pricing, scope.Now)).Then(state => Moved(scope, command.Id, changes) is { } shortage
                ? shortage
                : (Outcome<OrderResponse>)OrderResponse.Of(command.Id, order.Version, state));
        });

    private static InsufficientStock? Moved(DecisionScope scope, Guid id, IReadOnlyList<QuantityChange> changes)
    {
        scope.Ask<ReleaseStock, StockAnswer>(new ReleaseStock(id, [.. changes.Where(change => change.Units() < 0).Select(change => new StockLine(change.Sku, -change.Units()))]));
        var taken = scope.Ask<AllocateStock, StockAnswer>(
            new AllocateStock(id, [.. changes.Where(change => change.Units() > 0).Select(change => new StockLine(change.Sku, change.Units()))]));
        return taken.Done ? null : new InsufficientStock(taken.Shortages);
    }
}

/// <summary>What undoes a preview; no caller ever sees it.</summary>
[Problem(409, "only-previewed", "Only a preview")]
internal sealed record OnlyPreviewed() : Refusal("Nothing was changed.");
