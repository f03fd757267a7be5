using Commerce.Messages.Reactions;
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

// Staff looks at what the shop wrote, newest first: what was given up, or what went out about an order.

internal sealed record ListMessages(string? Status, string? Kind, Guid? OrderId, PageLimit Limit, string? Cursor) : IRequest<Outcome<Page<MessageResponse>>>;

internal sealed class ListMessagesValidator : AbstractValidator<ListMessages>
{
    public ListMessagesValidator()
    {
        RuleFor(query => query.Status).Must(status => status is null || MessageStatuses.All.Contains(status)).WithMessage($"One of {string.Join(", ", MessageStatuses.All)}.");
        RuleFor(query => query.Kind).Must(kind => kind is null || MessageKinds.All.Contains(kind)).WithMessage($"One of {string.Join(", ", MessageKinds.All)}.");
    }
}

internal sealed class ListMessagesEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/messages", (string? status, string? kind, Guid? orderId, PageLimit limit, string? cursor, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ListMessages(status, kind, orderId, limit, cursor), Respond.Ok<Page<MessageResponse>>(), cancellationToken))
        .RequireScope("orders:read")
        .ReadsFrom(WhenThereIsNews.SubscriptionName)
        .Returns<Page<MessageResponse>>()
        .Refuses<ValidationFailed>()
        .WithSummary("List the messages to shoppers and staff");
}

internal sealed class ListMessagesHandler(ModuleDatabase<MessagesDatabase> database) : IRequestHandler<ListMessages, Outcome<Page<MessageResponse>>>
{
    // Each value is planned as it comes: a filter that is null is folded away before an index is chosen.
    public const string SelectMessages =
        """
        SELECT id, kind, status, order_id, sku, recipient, locale, attempts, created_at, due_at, sent_at, fault
          FROM messages.outbox
         WHERE (created_at, id) < (@BeforeTime::timestamptz, @BeforeId::uuid)
           AND (@Status::text IS NULL OR status = @Status)
           AND (@Kind::text IS NULL OR kind = @Kind)
           AND (@OrderId::uuid IS NULL OR order_id = @OrderId)
         ORDER BY created_at DESC, id DESC
         LIMIT @Take
        """;

    public async Task<Outcome<Page<MessageResponse>>> Handle(ListMessages query, CancellationToken cancellationToken)
    {
        var (beforeTime, beforeId) = (DateTimeOffset.MaxValue, Guid.Empty);
        if (query.Cursor is not null && !Cursor.TryDecode(query.Cursor, out beforeTime, out beforeId))
        {
            return Cursor.Malformed;
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<MessageRow>(new CommandDefinition(
            SelectMessages,
            new { query.Status, query.Kind, query.OrderId, BeforeTime = beforeTime.UtcDateTime, BeforeId = beforeId, Take = query.Limit.PlusOne },
            cancellationToken: cancellationToken));
        return Page<MessageResponse>.Cut([.. rows.Select(row => row.ToResponse())], query.Limit, message => Cursor.Encode(message.CreatedAt, message.Id));
    }
}
