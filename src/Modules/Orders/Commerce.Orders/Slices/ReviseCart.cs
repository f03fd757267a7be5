using System.Text.Json;
using Commerce.EventStore;
using Commerce.Orders.Placing;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Pricing.Contracts;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace Commerce.Orders.Slices;

// A shopper tells where the goods go before buying, step by step: what is named is set, null takes it back, and what is not named stays.

/// <summary>A JSON merge patch of a cart. An address is given as a whole.</summary>
/// <param name="Email">Where to write to.</param>
/// <param name="ShippingAddress">Where the goods go.</param>
/// <param name="ShippingMethod">One of the shop's ways of shipping.</param>
internal sealed record ReviseCartRequest(string? Email = null, PostalAddress? ShippingAddress = null, string? ShippingMethod = null);

internal sealed record ReviseCart(Guid Id, JsonElement Patch, long? IfMatch, Caller Caller) : IRequest<Outcome<CartResponse>>;

internal sealed class ReviseCartRules : AbstractValidator<ReviseCartRequest>
{
    public static readonly ReviseCartRules Instance = new();

    public ReviseCartRules()
    {
        RuleFor(patch => patch.Email).Must(email => email is null || Shapes.IsEmail(email)).WithMessage("An e-mail address such as name@example.com.");
        RuleFor(patch => patch.ShippingAddress!).SetValidator(PostalAddressRules.Instance).When(patch => patch.ShippingAddress is not null);
        RuleFor(patch => patch.ShippingMethod).Must(method => method is null || Shapes.IsWord(method, 64)).WithMessage("The name of a shipping method.");
    }
}

internal sealed class ReviseCartEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPatch("/carts/{id:guid}", (Guid id, JsonElement body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ReviseCart(id, body, dispatcher.IfMatch, dispatcher.Caller), Respond.Ok<CartResponse>(cart => cart.Version), cancellationToken))
        .Accepts<ReviseCartRequest>("application/merge-patch+json", "application/json")
        .AllowAnonymous()
        .Returns<CartResponse>()
        .Refuses<ValidationFailed, CartNotFound, CartClosed, CartHasExpired, StaleVersion, StoreOverloaded>()
        .WithSummary("Tell a cart where its goods go");
}

internal sealed class ReviseCartHandler(CartEdits carts, IRuleBook book, IOptions<JsonOptions> json) : IRequestHandler<ReviseCart, Outcome<CartResponse>>
{
    public async Task<Outcome<CartResponse>> Handle(ReviseCart command, CancellationToken cancellationToken)
    {
        var read = Read(command.Patch);
        if (!read.IsSuccess)
        {
            return read.Refusal;
        }

        var patch = read.Value;
        if (patch.ShippingMethod is { } method && !(await book.CurrentAsync(cancellationToken)).Ships(method))
        {
            return ValidationFailed.Of("shippingMethod", "This shipping method is not offered.");
        }

        var named = command.Patch.EnumerateObject().Select(member => member.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return await carts.EditAsync(command.Id, command.Caller, command.IfMatch, (cart, now) => cart.TellDetails([.. Facts(patch, named, now)]), cancellationToken);
    }

    private static IEnumerable<object> Facts(ReviseCartRequest patch, HashSet<string> named, DateTimeOffset now)
    {
        if (named.Contains(nameof(patch.Email)))
        {
            yield return new CartEmailTold(patch.Email, now);
        }

        if (named.Contains(nameof(patch.ShippingAddress)))
        {
            yield return new CartShippingAddressTold(patch.ShippingAddress, now);
        }

        if (named.Contains(nameof(patch.ShippingMethod)))
        {
            yield return new CartShippingMethodTold(patch.ShippingMethod, now);
        }
    }

    private Outcome<ReviseCartRequest> Read(JsonElement patch)
    {
        if (patch.ValueKind != JsonValueKind.Object)
        {
            return ValidationFailed.Of("", "Expected an object.");
        }

        try
        {
            var request = patch.Deserialize<ReviseCartRequest>(json.Value.SerializerOptions)!;
            var found = ReviseCartRules.Instance.Validate(request);
            return found.IsValid
                ? request
                : new ValidationFailed(found.Errors.GroupBy(error => JsonPath.Of(error.PropertyName)).ToDictionary(
                    field => field.Key, field => field.Select(error => error.ErrorMessage).ToArray(), StringComparer.Ordinal));
        }
        catch (JsonException fault)
        {
            return WireJson.Explain(fault);
        }
    }
}
