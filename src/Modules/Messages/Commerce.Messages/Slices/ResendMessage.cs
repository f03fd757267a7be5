using Commerce.EventStore;
using Commerce.Messages.ReadModels;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Messages.Slices;

// Staff has a message sent anew: one that was given up, or one that the shopper says never came. A message that waits already goes on waiting.

internal sealed record ResendMessage(Guid Id) : IRequest<Outcome<MessageResponse>>;

internal sealed class ResendMessageEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/messages/{id:guid}/resend", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ResendMessage(id), Respond.Accepted<MessageResponse>(), cancellationToken))
        .RequireScope("orders:write")
        .Returns<MessageResponse>(StatusCodes.Status202Accepted)
        .Refuses<ValidationFailed, MessageNotFound, MessageAddressGone, IdempotencyKeyReused>()
        .WithSummary("Send a message again");
}

internal sealed class ResendMessageHandler(ModuleDatabase<MessagesDatabase> database, CallContext call, TimeProvider time) : IRequestHandler<ResendMessage, Outcome<MessageResponse>>
{
    // Another edition has another Message-ID: a receiver that drops second copies must not drop this one.
    public const string Renew =
        """
        UPDATE messages.outbox SET status = 'waiting', attempts = 0, edition = edition + 1, due_at = @now, fault = NULL, resend_key = @key::text
         WHERE id = @id AND status <> 'waiting' AND (@key::text IS NULL OR resend_key IS DISTINCT FROM @key::text)
           AND (kind <> 'backInStock' OR (status <> 'sent' AND recipient IS NOT NULL))
        """;

    public const string SelectMessage =
        """
        SELECT id, kind, status, order_id, sku, recipient, locale, attempts, created_at, due_at, sent_at, fault
          FROM messages.outbox
         WHERE id = @id
        """;

    public async Task<Outcome<MessageResponse>> Handle(ResendMessage command, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        // No event, so no decision knows the key; the row does.
        var key = call.Idempotency is { } idempotency ? $"{idempotency.Caller}/{idempotency.Key}" : null;
        await connection.ExecuteAsync(new CommandDefinition(Renew, new { id = command.Id, now = time.GetUtcNow().UtcDateTime, key }, cancellationToken: cancellationToken));
        var row = await connection.QuerySingleOrDefaultAsync<MessageRow>(new CommandDefinition(SelectMessage, new { id = command.Id }, cancellationToken: cancellationToken));
        return row is null ? new MessageNotFound(command.Id)
            : row.Kind == MessageKinds.BackInStock && row.Status != MessageStatuses.Waiting ? new MessageAddressGone(command.Id)
            : row.ToResponse();
    }
}
