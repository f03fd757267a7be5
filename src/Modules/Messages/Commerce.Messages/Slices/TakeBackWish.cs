using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Messages.Slices;

// A shopper does not want to hear of a SKU any more. Whether there was such a wish is not told: a repeat is harmless, and nobody learns what others wait for.

internal sealed record TakeBackWish(string Token) : IRequest<Outcome<Done>>;

internal sealed class TakeBackWishEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapDelete("/messages/back-in-stock/{token}", (string token, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new TakeBackWish(token), Respond.NoContent<Done>(), cancellationToken))
        .AllowAnonymous()
        .ReturnsNothing()
        .Refuses<ValidationFailed>()
        .WithSummary("Take back the wish to be told when a SKU is back in stock");
}

internal sealed class TakeBackWishHandler(ModuleDatabase<MessagesDatabase> database) : IRequestHandler<TakeBackWish, Outcome<Done>>
{
    public const string DeleteWish = "DELETE FROM messages.wishes WHERE token = @Token";

    public async Task<Outcome<Done>> Handle(TakeBackWish command, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(DeleteWish, new { command.Token }, cancellationToken: cancellationToken));
        return default(Done);
    }
}
