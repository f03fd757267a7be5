using Commerce.Catalog.Contracts;
using Commerce.EventStore;
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

// Shopper or staff announces goods that are to come back: never more than were sent and are not announced or back already. Asking for other goods instead of
// the money makes an exchange of it: those are put into the order when the first of the returned goods arrive, at the price of today.

/// <summary>What is to come back. Lines of one SKU are summed, and the first reason stands.</summary>
/// <param name="Lines">What.</param>
/// <param name="Replacements">What shall be sent instead; a difference in price is paid or given back.</param>
/// <param name="Locale">The language of the names of the replacements.</param>
internal sealed record RequestReturnRequest(
    IReadOnlyList<RequestedReturnLine> Lines, IReadOnlyList<OrderLineRequest>? Replacements = null, string? Locale = null);

internal sealed record RequestReturn(Guid Id, Guid ReturnId, RequestReturnRequest Body, long? IfMatch, OrderReader Reader) : IRequest<Outcome<ReturnResponse>>;

internal sealed class RequestReturnValidator : AbstractValidator<RequestReturn>
{
    public RequestReturnValidator()
    {
        RuleFor(command => command.Body.Lines).Must(lines => lines.Count is >= 1 and <= Cart.MaxLines).WithMessage("1 to 200 lines.");
        RuleForEach(command => command.Body.Lines).NotNull().WithMessage("A line must not be null.").ChildRules(line =>
        {
            line.RuleFor(one => one.Sku).Must(Shapes.IsSku).WithMessage("1 to 64 printable characters without spaces.");
            line.RuleFor(one => one.Quantity).Must(quantity => quantity is >= 1 and <= Cart.MaxQuantity).WithMessage("1 to 10,000.");
            line.RuleFor(one => one.Reason).MaximumLength(500);
        });
        RuleFor(command => command.Body.Replacements).Must(lines => lines is null || lines.Count <= Cart.MaxLines).WithMessage("At most 200 lines.");
        RuleForEach(command => command.Body.Replacements).NotNull().WithMessage("A line must not be null.").SetValidator(OrderLineRules.Instance);
        RuleFor(command => command.Body.Locale).Must(locale => locale is null || Shapes.IsWord(locale, 35)).WithMessage("A language tag such as en or ko.");
    }
}

internal sealed class RequestReturnEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/orders/{id:guid}/returns", (Guid id, RequestReturnRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new RequestReturn(id, Identifiers.Next(), body, dispatcher.IfMatch, dispatcher.Reader(Ownership.WriteScope)),
                Respond.Created<ReturnResponse>(one => $"/api/v1/orders/{one.OrderId}/returns/{one.Id}", one => one.OrderVersion),
                cancellationToken))
        .AllowAnonymous()
        .Returns<ReturnResponse>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, OrderNotFound, ReturnExceedsShipment, SkuUnavailable, StaleVersion, IdempotencyKeyReused, StoreOverloaded>()
        .WithSummary("Ask to send goods back");
}

internal sealed class RequestReturnHandler(EventSession session, IEventStore store, IPriceBook prices) : IRequestHandler<RequestReturn, Outcome<ReturnResponse>>
{
    public async Task<Outcome<ReturnResponse>> Handle(RequestReturn command, CancellationToken cancellationToken)
    {
        var replacements = await ReplacementsAsync(command, cancellationToken);
        return replacements.IsSuccess ? await DecideAsync(command, replacements.Value, cancellationToken) : replacements.Refusal;
    }

    private Task<Outcome<ReturnResponse>> DecideAsync(RequestReturn command, IReadOnlyList<PlacedLine> replacements, CancellationToken cancellationToken)
    {
        var lines = command.Body.Lines.GroupBy(line => line.Sku, StringComparer.Ordinal)
            .Select(same => new RequestedReturnLine(same.Key, same.Sum(line => line.Quantity), same.Select(line => line.Reason).FirstOrDefault(reason => reason is not null)))
            .ToArray();
        return session.DecideAsync<Order, ReturnResponse>(
            command.Id,
            (order, scope) => order.State.IsOpenTo(command.Reader)
                ? order.Expect(command.IfMatch)
                    .Then(stream => stream.Apply(state => state.RequestReturn(command.ReturnId, lines, replacements.Count > 0 ? replacements : null, scope.Now)))
                    .Map(state => ReturnResponse.Of(command.Id, order.Version, state, command.ReturnId))
                : new OrderNotFound(),
            cancellationToken);
    }

    private async Task<Outcome<IReadOnlyList<PlacedLine>>> ReplacementsAsync(RequestReturn command, CancellationToken cancellationToken)
    {
        if (command.Body.Replacements is not { Count: > 0 } asked)
        {
            return Array.Empty<PlacedLine>();
        }

        var (order, _) = await store.LoadAsync<Order>(command.Id, null, null, cancellationToken);
        if (!order.IsOpenTo(command.Reader))
        {
            return new OrderNotFound();
        }

        var wanted = OrderLines.Summed(asked);
        var offers = await prices.OffersAsync(wanted, order.Totals.Total.Currency, null, command.Body.Locale ?? OrdersOptions.DefaultLocale, cancellationToken);
        return order.Replacements(wanted, offers);
    }
}
