using Commerce.EventStore.History;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;

namespace Commerce.Host.Operations;

// A history that is over leaves the way of those that go on. It stays readable; nothing is added to it any more.

/// <summary>What archiving did.</summary>
/// <param name="Id">The stream.</param>
/// <param name="WasArchived">False when the stream was in the archive already.</param>
internal sealed record ArchivedStreamResponse(Guid Id, bool WasArchived);

internal sealed record ArchiveStream(Guid Id) : IRequest<Outcome<ArchivedStreamResponse>>;

internal sealed class ArchiveStreamEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/events/streams/{id:guid}/archive", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ArchiveStream(id), Respond.Ok<ArchivedStreamResponse>(), cancellationToken))
        .WithSummary("Archive a stream: it stays readable and takes no further events")
        .RequireScope("ops:write")
        .Returns<ArchivedStreamResponse>()
        .Refuses<StreamNotFound>();
}

internal sealed class ArchiveStreamHandler(StreamArchive archive) : IRequestHandler<ArchiveStream, Outcome<ArchivedStreamResponse>>
{
    public async Task<Outcome<ArchivedStreamResponse>> Handle(ArchiveStream command, CancellationToken cancellationToken) =>
        await archive.ExportAsync(command.Id, 1, null, cancellationToken) is null
            ? new StreamNotFound(command.Id)
            : new ArchivedStreamResponse(command.Id, await archive.ArchiveAsync([command.Id], cancellationToken) > 0);
}
