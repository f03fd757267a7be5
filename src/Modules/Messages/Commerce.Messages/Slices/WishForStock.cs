using System.Buffers.Text;
using System.Security.Cryptography;
using Commerce.Catalog.Contracts;
using Commerce.EventStore;
using Commerce.Messages.ReadModels;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Messages.Slices;

// A shopper wants to hear when a SKU can be bought again. Once they heard, the wish is gone.

/// <summary>A wish.</summary>
/// <param name="Sku">For what.</param>
/// <param name="Email">Where to write to.</param>
/// <param name="Locale">The language to write in, such as <c>en</c> or <c>ko</c>.</param>
internal sealed record WishForStockRequest(string Sku, string Email, string? Locale = null);

/// <summary>The wish is kept.</summary>
/// <param name="Sku">For what.</param>
/// <param name="Token">What takes it back. The same wish again has the same one.</param>
internal sealed record WishForStockResponse(string Sku, string Token);

internal sealed record WishForStock(string Sku, string Email, string? Locale) : IRequest<Outcome<WishForStockResponse>>;

internal sealed class WishForStockValidator : AbstractValidator<WishForStock>
{
    public WishForStockValidator()
    {
        RuleFor(command => command.Sku)
            .Must(sku => sku.Length is >= 1 and <= 64 && !sku.Any(character => char.IsControl(character) || char.IsWhiteSpace(character)))
            .WithMessage("1 to 64 printable characters without spaces.");
        RuleFor(command => command.Email).Must(Addresses.IsAddress).WithMessage("An e-mail address such as kim@example.com.");
        RuleFor(command => command.Locale).Must(locale => locale is null or { Length: >= 1 and <= 35 }).WithMessage("A language tag such as en or ko.");
    }
}

internal sealed class WishForStockEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/messages/back-in-stock", (WishForStockRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new WishForStock(body.Sku, body.Email, body.Locale), Respond.Accepted<WishForStockResponse>(), cancellationToken))
        .AllowAnonymous()
        .Returns<WishForStockResponse>(StatusCodes.Status202Accepted)
        .Refuses<ValidationFailed, WishedSkuNotFound, TooManyWishes, IdempotencyKeyReused>()
        .WithSummary("Ask to be told when a SKU is back in stock");
}

internal sealed class WishForStockHandler(ModuleDatabase<MessagesDatabase> database, ISkuNames names, Wishes wishes, MessagesOptions options, TimeProvider time)
    : IRequestHandler<WishForStock, Outcome<WishForStockResponse>>
{
    // A repeat writes what stands there, which is how it learns the token.
    public const string InsertWish =
        """
        INSERT INTO messages.wishes AS known (id, sku, email, locale, token, created_at)
        SELECT @id::uuid, @sku::text, @email::text, @locale::text, @token::text, @now::timestamptz
         WHERE (SELECT count(*) FROM messages.wishes WHERE email = @email AND sku <> @sku) < @most::integer
        ON CONFLICT (sku, email) DO UPDATE SET locale = coalesce(excluded.locale, known.locale)
        RETURNING token
        """;

    private const int TokenBytes = 18;

    public async Task<Outcome<WishForStockResponse>> Handle(WishForStock command, CancellationToken cancellationToken)
    {
        if ((await names.NamesAsync([command.Sku], options.DefaultLocale, cancellationToken)).Count == 0)
        {
            return new WishedSkuNotFound(command.Sku);
        }

        string? token;
        await using (var connection = await database.OpenAsync(cancellationToken))
        {
            token = await connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
                InsertWish,
                new
                {
                    id = Identifiers.Next(),
                    sku = command.Sku,
                    email = Addresses.Normalize(command.Email),
                    locale = command.Locale,
                    token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes)),
                    now = time.GetUtcNow().UtcDateTime,
                    most = options.MostWishes,
                },
                cancellationToken: cancellationToken));
        }

        if (token is null)
        {
            return new TooManyWishes(options.MostWishes);
        }

        // Goods that came between the shopper's look and this wish were announced before it stood; whoever wishes for what is there hears of it at once.
        await wishes.FulfilAsync(command.Sku, cancellationToken);
        return new WishForStockResponse(command.Sku, token);
    }
}
