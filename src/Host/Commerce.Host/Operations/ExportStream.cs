using Commerce.EventStore.History;
using Commerce.Outcomes;
using Commerce.Web;
using FluentValidation;
using MediatR;

namespace Commerce.Host.Operations;

// Something odd happened to one order: its history, as a file, is the first half of the test that shows it.

internal sealed record ExportStream(Guid Id, long? Version, DateTimeOffset? AsOf) : IRequest<Outcome<StreamFixture>>;

internal sealed class ExportStreamValidator : AbstractValidator<ExportStream>
{
    public ExportStreamValidator() => RuleFor(query => query.Version).Must(version => version is null or >= 1).WithMessage("1 or more.");
}

internal sealed class ExportStreamEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/events/streams/{id:guid}", (Guid id, long? version, UtcTime? asOf, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ExportStream(id, version, asOf?.Value), Respond.Ok<StreamFixture>(), cancellationToken))
        .WithSummary("Read a stream as it is stored, now or in the past: a fixture for a test")
        .RequireScope("ops:read")
        .Returns<StreamFixture>()
        .Refuses<ValidationFailed, StreamNotFound>();
}

internal sealed class ExportStreamHandler(StreamArchive archive) : IRequestHandler<ExportStream, Outcome<StreamFixture>>
{
    public async Task<Outcome<StreamFixture>> Handle(ExportStream query, CancellationToken cancellationToken) =>
        await archive.ExportAsync(query.Id, query.Version, query.AsOf, cancellationToken) is { } fixture ? fixture : new StreamNotFound(query.Id);
}

/// <summary>There is no stream of this id, or nothing of it had happened by then.</summary>
[Problem(404, "stream-not-found", "There is no such stream")]
internal sealed record StreamNotFound(Guid Id) : Refusal($"No event of stream {Id} had happened by then.");
