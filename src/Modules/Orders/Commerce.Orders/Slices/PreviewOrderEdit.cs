using Commerce.EventStore;
using Commerce.Inventory.Contracts;
using Commerce.Monetary;
using Commerce.Orders.Editing;
using Commerce.Orders.Paying;
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

// Before a change is confirmed, people see all of it at once: lines, sums, money and every SKU that is short. It is the very decision of the edit, undone.
// Confirming it with its version in If-Match and its total as expectedTotal does exactly this or nothing.

/// <summary>What an edit would do. Confirm it with <c>POST /orders/{id}/edits</c>, <c>If-Match</c> this version and <c>expectedTotal</c> the total after it.</summary>
/// <param name="OrderId">The order.</param>
/// <param name="Version">The version that was looked at, also in <c>ETag</c>.</param>
/// <param name="IsPossible">Whether the edit would succeed now: false when stock is short.</param>
/// <param name="Lines">The lines that change.</param>
/// <param name="Before">The sums as they stand.</param>
/// <param name="After">The sums as they would be.</param>
/// <param name="Difference">What the order would cost more; below zero for less.</param>
/// <param name="ToPay">What would still have to be set aside or taken.</param>
/// <param name="ToRelease">What is set aside and would be given up.</param>
/// <param name="ToRefund">What was taken and would be given back.</param>
/// <param name="Shortages">The SKUs that are short.</param>
/// <param name="Order">The order as it would be.</param>
internal sealed record OrderEditPreview(
    Guid OrderId, long Version, bool IsPossible, IReadOnlyList<OrderLineDifference> Lines, OrderSums Before, OrderSums After, Money Difference, Money ToPay, Money ToRelease,
    Money ToRefund, IReadOnlyList<StockShortage> Shortages, OrderResponse Order);

/// <summary>A line that changes.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Name">Under which name it is sold.</param>
/// <param name="UnitPrice">The price of one.</param>
/// <param name="Before">How many units the order holds.</param>
/// <param name="After">How many it would hold.</param>
/// <param name="Difference">What the line would cost more; below zero for less.</param>
internal sealed record OrderLineDifference(string Sku, string Name, Money UnitPrice, int Before, int After, Money Difference);

/// <summary>The sums of an order: total = subtotal + shipping + tax - discount.</summary>
internal sealed record OrderSums(Money Subtotal, Money Shipping, Money Tax, Money Discount, Money Total);

internal sealed record PreviewOrderEdit(Guid Id, EditOrderRequest Body, long? IfMatch, OrderReader Reader) : IRequest<Outcome<OrderEditPreview>>;

internal sealed class PreviewOrderEditValidator : AbstractValidator<PreviewOrderEdit>
{
    public PreviewOrderEditValidator() => RuleFor(command => command.Body).SetValidator(EditOrderRules.Instance);
}

internal sealed class PreviewOrderEditEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/orders/{id:guid}/edits/preview", (Guid id, EditOrderRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new PreviewOrderEdit(id, body, dispatcher.IfMatch, dispatcher.Reader(Ownership.WriteScope)),
                Respond.Ok<OrderEditPreview>(preview => preview.Version), cancellationToken))
        .AllowAnonymous()
        .Returns<OrderEditPreview>()
        .Refuses<ValidationFailed, OrderNotFound, OrderIsCancelled, OrderAlreadyShipped, LinesAlreadyShipped, OrderWouldBeEmpty, OrderTooLarge, SkuUnavailable>()
        .Refuses<PriceChanged, StaleVersion, IdempotencyKeyReused, StoreOverloaded, ShippingMethodUnavailable>()
        .WithSummary("See what a change of an order would do to its lines, sums, money and stock");
}

internal sealed class PreviewOrderEditHandler(EditIntake intake, IEventStore store) : IRequestHandler<PreviewOrderEdit, Outcome<OrderEditPreview>>
{
    public async Task<Outcome<OrderEditPreview>> Handle(PreviewOrderEdit command, CancellationToken cancellationToken)
    {
        var prepared = await intake.PrepareAsync(command.Id, command.Body, command.Reader, cancellationToken);
        if (!prepared.IsSuccess)
        {
            return prepared.Refusal;
        }

        // A refused decision leaves nothing behind, neither events nor, in a context of its own, an answer under the caller's key.
        var seen = default(OrderEditPreview);
        var outcome = await store.DecideAsync<OrderEditPreview>(
            prepared.Value.Touch,
            scope => prepared.Value.Decide(scope, command.IfMatch).Then(edited =>
            {
                seen = Show(command.Id, edited);
                return (Outcome<OrderEditPreview>)new OnlyPreviewed();
            }),
            new CallContext(), cancellationToken);
        return outcome.Refusal is OnlyPreviewed ? seen! : outcome;
    }

    private static OrderEditPreview Show(Guid id, EditedOrder edited)
    {
        var (before, after) = (edited.Before, edited.After);
        return new OrderEditPreview(
            id, edited.VersionBefore, edited.Shortages.Count == 0, [.. edited.Changes.Select(change => Show(change, edited))],
            Show(before.Totals), Show(after.Totals), after.Totals.Total - before.Totals.Total, after.Payment.Authorizable,
            before.Payment.Held - after.Payment.Held, after.Payment.Refunded - before.Payment.Refunded, edited.Shortages,
            OrderResponse.Of(id, edited.VersionBefore, after));
    }

    private static OrderLineDifference Show(QuantityChange change, EditedOrder edited)
    {
        var line = edited.After.Lines.Concat(edited.Before.Lines).First(line => line.Sku == change.Sku);
        return new OrderLineDifference(change.Sku, line.Name, line.UnitPrice, change.Before, change.After, line.UnitPrice * change.Units());
    }

    private static OrderSums Show(OrderTotals totals) => new(totals.Subtotal, totals.Shipping, totals.Tax, totals.Discount, totals.Total);
}
