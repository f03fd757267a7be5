using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Recommendations.Slices;

// A shopper looks at a product; what is recommended to this shopper and to others learns from it.

/// <summary>A look.</summary>
/// <param name="ProductId">The product.</param>
/// <param name="SessionId">The browsing session as the storefront names it: hard to guess, because it opens the list of recent views.</param>
internal sealed record RecordViewRequest(Guid ProductId, string SessionId);

/// <summary>The look is recorded; the lists follow within moments.</summary>
internal sealed record RecordedViewResponse(Guid ProductId, string SessionId);

internal sealed record RecordView(Guid ProductId, string SessionId, Guid? CustomerId) : IRequest<Outcome<RecordedViewResponse>>;

internal sealed class RecordViewValidator : AbstractValidator<RecordView>
{
    public RecordViewValidator()
    {
        RuleFor(command => command.ProductId).NotEqual(Guid.Empty);
        RuleFor(command => command.SessionId).SessionId();
    }
}

internal sealed class RecordViewEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/recommendations/views", (RecordViewRequest body, Dispatcher dispatcher, CancellationToken ct) =>
            dispatcher.SendAsync(
                new RecordView(body.ProductId, body.SessionId, dispatcher.Caller.Kind == CallerKind.Customer ? dispatcher.Caller.Id : null),
                Respond.Accepted<RecordedViewResponse>(),
                ct))
        .AllowAnonymous()
        .Returns<RecordedViewResponse>(StatusCodes.Status202Accepted)
        .Refuses<ValidationFailed, StoreOverloaded, IdempotencyKeyReused>()
        .WithSummary("Record that a product was looked at");
}

internal sealed class RecordViewHandler(EventSession session) : IRequestHandler<RecordView, Outcome<RecordedViewResponse>>
{
    public Task<Outcome<RecordedViewResponse>> Handle(RecordView command, CancellationToken cancellationToken) =>
        session.DecideAsync<BrowsingSession, RecordedViewResponse>(
            BrowsingSession.IdOf(command.SessionId),
            (stream, _) => stream
                .Apply(visit => visit.View(command.SessionId, command.ProductId, command.CustomerId))
                .Map(_ => new RecordedViewResponse(command.ProductId, command.SessionId)),
            cancellationToken);
}
