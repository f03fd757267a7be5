using Commerce.Orders.Reactions;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.ReadModels;
using Commerce.Web;
using Dapper;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

// Bookkeeping walks through all invoices and credit notes, newest first, or looks one up by its number.

internal sealed record ListDocuments(string? Kind, string? Number, DateTimeOffset? From, DateTimeOffset? To, PageLimit Limit, string? Cursor)
    : IRequest<Outcome<Page<DocumentResponse>>>;

internal sealed class ListDocumentsValidator : AbstractValidator<ListDocuments>
{
    public ListDocumentsValidator() => RuleFor(query => query.Kind).Must(kind => kind is null or "invoice" or "creditNote").WithMessage("invoice or creditNote.");
}

internal sealed class ListDocumentsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/documents", (
            string? kind, string? number, UtcTime? from, UtcTime? to, PageLimit limit, string? cursor, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ListDocuments(kind, number, from?.Value, to?.Value, limit, cursor), Respond.Ok<Page<DocumentResponse>>(), cancellationToken))
        .RequireScope(Ownership.ReadScope)
        .ReadsFrom(WhenGoodsOrMoneyMoved.SubscriptionName)
        .Returns<Page<DocumentResponse>>()
        .Refuses<ValidationFailed>()
        .WithSummary("List invoices and credit notes");
}

internal sealed class ListDocumentsHandler(ModuleDatabase<OrdersDatabase> database) : IRequestHandler<ListDocuments, Outcome<Page<DocumentResponse>>>
{
    // Each value is planned as it comes: a filter that is null is folded away before an index is chosen.
    public const string SelectDocuments =
        """
        SELECT document
          FROM orders.documents
         WHERE (issued_at, number) < (@BeforeTime, @BeforeNumber)
           AND issued_at >= @From AND issued_at < @To
           AND (@Kind::text IS NULL OR kind = @Kind)
           AND (@Number::text IS NULL OR number = @Number)
         ORDER BY issued_at DESC, number DESC
         LIMIT @Take
        """;

    public async Task<Outcome<Page<DocumentResponse>>> Handle(ListDocuments query, CancellationToken cancellationToken)
    {
        var (beforeTime, beforeNumber) = (DateTimeOffset.MaxValue, "");
        if (query.Cursor is not null && !Cursor.TryDecode(query.Cursor, out beforeTime, out beforeNumber))
        {
            return Cursor.Malformed;
        }

        await using var connection = await database.OpenAsync(cancellationToken);
        var documents = await connection.QueryAsync<byte[]>(new CommandDefinition(
            SelectDocuments,
            new
            {
                query.Kind,
                query.Number,
                BeforeTime = beforeTime.UtcDateTime,
                BeforeNumber = beforeNumber,
                From = (query.From ?? DateTimeOffset.MinValue).UtcDateTime,
                To = (query.To ?? DateTimeOffset.MaxValue).UtcDateTime,
                Take = query.Limit.PlusOne,
            },
            cancellationToken: cancellationToken));
        return Page<DocumentResponse>.Cut(
            [.. documents.Select(OrderDocuments.ReadIssued).Select(DocumentResponse.Of)], query.Limit, document => Cursor.Encode(document.IssuedAt, document.Number));
    }
}
