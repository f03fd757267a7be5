using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;

namespace Commerce.Host.Operations;

// An operator, or another system, reads everything that happened, in order and without a hole.

/// <summary>A page of the event log.</summary>
/// <param name="Items">The events in order.</param>
/// <param name="Next">Send it as <c>after</c> to go on, also later when the page was the last for now.</param>
/// <param name="AtHead">True when nothing more had happened.</param>
internal sealed record EventListResponse(IReadOnlyList<EventResponse> Items, string Next, bool AtHead);

internal sealed record ListEvents(string? After, string? Types, int Limit) : IRequest<Outcome<EventListResponse>>
{
    public const int UsualLimit = 100;
    public const int MostLimit = 1000;
}

internal sealed class ListEventsValidator : AbstractValidator<ListEvents>
{
    public ListEventsValidator() => RuleFor(query => query.Limit).InclusiveBetween(1, ListEvents.MostLimit).WithMessage($"A whole number from 1 to {ListEvents.MostLimit}.");
}

internal sealed class ListEventsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/events", (string? after, string? types, int? limit, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ListEvents(after, types, limit ?? ListEvents.UsualLimit), Respond.Ok<EventListResponse>(), cancellationToken))
        .WithSummary("Read the event log in order, without a hole")
        .RequireScope("ops:read")
        .Returns<EventListResponse>()
        .Refuses<ValidationFailed>();
}

internal sealed class ListEventsHandler(IEventStore store) : IRequestHandler<ListEvents, Outcome<EventListResponse>>
{
    public async Task<Outcome<EventListResponse>> Handle(ListEvents query, CancellationToken cancellationToken)
    {
        var asked = EventFeed.Read(query.After, query.Types, store.Types);
        if (!asked.IsSuccess)
        {
            return asked.Refusal;
        }

        var page = await store.ReadAllAsync(asked.Value.After, asked.Value.Names, query.Limit, cancellationToken);
        return new EventListResponse([.. page.Events.Select(e => EventResponse.Of(e, store.Types))], page.Next.ToString(), page.AtHead);
    }
}
