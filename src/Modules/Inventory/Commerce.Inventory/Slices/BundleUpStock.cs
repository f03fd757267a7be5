using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// A gift set is sold as the things in it: an order takes their stock, and what can be sold of the set follows from them.

/// <summary>What one bundle is made of.</summary>
internal sealed record BundleUpStockRequest(IReadOnlyList<BundlePart> Parts);

internal sealed record BundleUpStock(string Sku, IReadOnlyList<BundlePart> Parts, long? ExpectedVersion) : IRequest<Outcome<StockDetails>>;

internal sealed class BundleUpStockValidator : AbstractValidator<BundleUpStock>
{
    private const int MostParts = 20;

    public BundleUpStockValidator()
    {
        RuleFor(command => command.Sku).Sku();
        RuleFor(command => command.Parts).Must(parts => parts is { Count: >= 1 and <= MostParts }).WithMessage($"1 to {MostParts} parts.");
        RuleFor(command => command.Parts).Must(parts => parts.Where(part => part is not null).Select(part => part.Sku).Distinct(StringComparer.Ordinal).Count() == parts.Count)
            .WithMessage("Each part once.");
        RuleForEach(command => command.Parts).NotNull().ChildRules(part =>
        {
            part.RuleFor(p => p.Sku).Sku();
            part.RuleFor(p => p.Quantity).InclusiveBetween(1, 1000);
        });
        RuleFor(command => command.Parts).Must((command, parts) => parts.All(part => part?.Sku != command.Sku)).WithMessage("A bundle is no part of itself.");
    }
}

internal sealed class BundleUpStockEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/inventory/{sku}/bundle", (string sku, BundleUpStockRequest body, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(new BundleUpStock(SkuText.FromRoute(sku), body.Parts, dispatcher.IfMatch), Respond.Ok<StockDetails>(stock => stock.Version), ct))
        .RequireScope("inventory:write")
        .Returns<StockDetails>()
        .Refuses<ValidationFailed, SkuHasStock, BundleExists, StaleVersion, StoreOverloaded>()
        .WithSummary("Sell a SKU as its parts");
}

internal sealed class BundleUpStockHandler(EventSession session) : IRequestHandler<BundleUpStock, Outcome<StockDetails>>
{
    public Task<Outcome<StockDetails>> Handle(BundleUpStock command, CancellationToken cancellationToken) =>
        session.DecideAsync<StockDetails>(
            touches => BundleDesk.Touch(touches, command.Sku, command.Parts),
            scope => command.Parts.FirstOrDefault(part => scope.Stream<Stock>(Stock.IdOf(part.Sku)).State.Parts is not null) is { } nested
                ? ValidationFailed.Of("parts", $"{nested.Sku} is a bundle itself.")
                : scope.Stream<Stock>(Stock.IdOf(command.Sku)).Expect(command.ExpectedVersion)
                    .Then(stream => stream.Apply(stock => stock.BundleUp(command.Sku, command.Parts, BundleDesk.LevelOf(command.Parts, scope))))
                    .Map(stock => StockDetails.Of(command.Sku, stock, scope.Stream<Stock>(Stock.IdOf(command.Sku)).Version, scope.Now)),
            cancellationToken);
}
