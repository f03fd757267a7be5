using System.Text;
using Commerce.Orders.Billing;
using Commerce.Orders.Reactions;
using Commerce.Orders.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Orders.Slices;

/// <summary>An invoice or credit note as a page for paper, in English or Korean. A page is no JSON, so it answers itself instead of by an outcome.</summary>
internal sealed class PrintDocumentEndpoint : ICarterModule
{
    private const string Html = "text/html";

    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/orders/{id:guid}/documents/{number}/print", async (
            Guid id, string number, string? locale, HttpResponse response, DocumentShelf shelf, Dispatcher dispatcher, CancellationToken cancellationToken) =>
        {
            if (locale is not null && !PrintedDocument.Speaks(locale))
            {
                return dispatcher.Refuse(ValidationFailed.Of("locale", "en or ko."));
            }

            var found = await shelf.FindAsync(id, number, dispatcher.Reader(Ownership.ReadScope), cancellationToken);
            // Nothing on the page runs or loads anything, whatever a name or an address says.
            response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
            response.Headers.CacheControl = Respond.Private;
            return found.IsSuccess ? Results.Text(PrintedDocument.Html(found.Value, locale ?? OrdersOptions.DefaultLocale), Html, Encoding.UTF8) : dispatcher.Refuse(found.Refusal);
        })
        .AllowAnonymous()
        .ReadsFrom(WhenGoodsOrMoneyMoved.SubscriptionName)
        .ReturnsStream(Html)
        .Refuses<ValidationFailed, OrderNotFound, DocumentNotFound>()
        .WithSummary("Print an invoice or credit note");
}
