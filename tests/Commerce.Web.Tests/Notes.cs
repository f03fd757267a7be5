using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.EventStore;
using Commerce.Monetary;
using Commerce.Outcomes;
using Commerce.ReadModels;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Commerce.Web.Tests;

internal sealed record NoteWritten(string Text);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NoteWritten))]
internal sealed partial class NotesJson : JsonSerializerContext;

internal sealed record Note(string? Text) : IAggregate<Note>
{
    public static string StreamType => "note";

    public static Note Initial { get; } = new((string?)null);

    public Note Evolve(object @event) => @event is NoteWritten written ? new Note(written.Text) : this;
}

internal enum NoteColour
{
    Yellow,
    PaleBlue,
}

internal sealed record NoteLine(string Sku, int Quantity);

internal sealed record WriteNoteRequest(
    string Text, IReadOnlyList<NoteLine>? Lines = null, Money? Price = null, DateTimeOffset? At = null, NoteColour? Colour = null, Guid? Link = null,
    bool? Pinned = null, IReadOnlyDictionary<string, string>? Labels = null);

internal sealed record NoteResponse(Guid Id, string? Text, long Version, DateTimeOffset? At = null, NoteColour? Colour = null, Money? Price = null);

[Problem(409, "note-refused", "The note is refused")]
internal sealed record NoteRefused(string Word, IReadOnlyList<string> Others) : Refusal($"'{Word}' is not written here.");

[Problem(404, "note-not-found", "There is no such note")]
internal sealed record NoteNotFound() : Refusal("There is no such note.");

internal sealed record WriteNote(WriteNoteRequest Body, Guid Id, long? Expected) : IRequest<Outcome<NoteResponse>>;

internal sealed class WriteNoteValidator : AbstractValidator<WriteNote>
{
    public WriteNoteValidator()
    {
        RuleFor(command => command.Body.Text).NotEmpty().WithMessage("Say something.").MaximumLength(2000);
        RuleForEach(command => command.Body.Lines).ChildRules(line => line.RuleFor(l => l.Quantity).GreaterThan(0).WithMessage("At least 1."));
    }
}

internal sealed class WriteNoteHandler(EventSession session) : IRequestHandler<WriteNote, Outcome<NoteResponse>>
{
    public async Task<Outcome<NoteResponse>> Handle(WriteNote command, CancellationToken cancellationToken)
    {
        if (command.Body.Text == "early")
        {
            return new NoteRefused("early", ["late"]);
        }

        return await session.DecideAsync<Note, NoteResponse>(
            command.Id,
            (stream, scope) => stream.Expect(command.Expected).Then(_ =>
                command.Body.Text == "late" ? Outcome<Note>.Refused(new NoteRefused("late", ["early"]))
                : command.Body.Text == "same" ? stream.Apply(Decision.Nothing)
                : stream.Apply(Decision.Of(new NoteWritten(command.Body.Text))))
                .Map(note => new NoteResponse(stream.Id, note.Text, stream.Version, command.Body.At, command.Body.Colour, command.Body.Price)),
            cancellationToken);
    }
}

internal sealed record ReadNote(Guid Id) : IRequest<Outcome<NoteResponse>>;

internal sealed class ReadNoteHandler(EventSession session, IEventStore store) : IRequestHandler<ReadNote, Outcome<NoteResponse>>
{
    public async Task<Outcome<NoteResponse>> Handle(ReadNote query, CancellationToken cancellationToken)
    {
        var (note, version) = await store.LoadAsync<Note>(query.Id, null, null, cancellationToken);
        return version == 0 || session is null ? new NoteNotFound() : new NoteResponse(query.Id, note.Text, version);
    }
}

internal sealed record ReadCached : IRequest<Outcome<CacheEntry>>;

internal sealed class ReadCachedHandler : IRequestHandler<ReadCached, Outcome<CacheEntry>>
{
    public Task<Outcome<CacheEntry>> Handle(ReadCached query, CancellationToken cancellationToken) =>
        Task.FromResult<Outcome<CacheEntry>>(new CacheEntry("{\"cached\":true}"u8.ToArray(), "\"abc\"", EventPosition.Start));
}

internal sealed class WriteNoteEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/notes", (WriteNoteRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(
                new WriteNote(body, Identifiers.Next(), null), Respond.Created<NoteResponse>(note => $"/api/v1/notes/{note.Id}", note => note.Version), cancellationToken))
        .AllowAnonymous();
}

internal sealed class RewriteNoteEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/notes/{id}", (Guid id, WriteNoteRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new WriteNote(body, id, dispatcher.IfMatch), Respond.Ok<NoteResponse>(note => note.Version), cancellationToken))
        .AllowAnonymous();
}

internal sealed class ReadNoteEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/notes/{id}", (Guid id, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ReadNote(id), Respond.Ok<NoteResponse>(note => note.Version), cancellationToken))
        .AllowAnonymous();
}

internal sealed class OddNotesEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app)
    {
        app.MapGet("/notes", (PageLimit limit, string? cursor, UtcTime? asOf, int? number, Dispatcher dispatcher) =>
            cursor is not null && !Cursor.TryDecode<string>(cursor, out _)
                ? dispatcher.Refuse(Cursor.Malformed)
                : Results.Json(new { limit = limit.Value, asOf = asOf?.Value, number, actor = dispatcher.Caller.Actor, guest = dispatcher.GuestSecret }))
            .AllowAnonymous().ReadsFrom("Notes.Late").WithName("ListNotes");
        app.MapGet("/inline-notes", () => Results.Json(Array.Empty<string>())).AllowAnonymous().ReadsFrom().WithName("ListInlineNotes");
        app.MapGet("/cached", (Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new ReadCached(), Respond.Cached("public, max-age=5"), cancellationToken)).AllowAnonymous().WithName("ReadCached");
        app.MapPatch("/notes/{id}", (Guid id, JsonElement body) => Results.Json(new { id, body })).AllowAnonymous().WithName("PatchNote");
        app.MapPost("/must-have-key", () => Results.Json(new { ok = true })).AllowAnonymous().RequireIdempotencyKey().WithName("MustHaveKey");
        app.MapPost("/secrets", (WriteNoteRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) =>
            dispatcher.SendAsync(new WriteNote(body, Identifiers.Next(), null), Respond.Ok<NoteResponse>(), cancellationToken))
            .AllowAnonymous().WithoutIdempotencyRecord().WithName("Secrets");
        app.MapPost("/imports", async (HttpContext context, CancellationToken cancellationToken) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            return Results.Json(new { length = (await reader.ReadToEndAsync(cancellationToken)).Length });
        }).AllowAnonymous().StreamsBody(3 * 1024 * 1024, "text/plain").WithName("Import");
        app.MapGet("/ready/{word}", (string word) => Results.Json(new { slice = word })).AllowAnonymous().WithName("Ready");
        app.MapGet("/orders-only", () => Results.Ok()).RequireScope("orders:write").WithName("OrdersOnly");
        app.MapGet("/forgotten", () => Results.Ok()).WithName("Forgotten");
        app.MapGet("/bug", IResult () => throw new InvalidOperationException("the secret of the house")).AllowAnonymous().WithName("Bug");
        app.MapGet("/away/{state}", IResult (string state) => state switch
        {
            "socket" => throw new NpgsqlException("no route", new IOException()),
            "late" => throw new TimeoutException("The fill took too long."),
            "wrapped" => throw new InvalidOperationException("outer", new NpgsqlException("inner")),
            _ => throw new PostgresException("away", "FATAL", "FATAL", state),
        }).AllowAnonymous().WithName("Away");
    }
}

internal static class NoteRoutes
{
    public static void MapNotes(this IEndpointRouteBuilder app) => app
        .MapSlice<WriteNoteEndpoint>()
        .MapSlice<RewriteNoteEndpoint>()
        .MapSlice<ReadNoteEndpoint>()
        .MapSlice<OddNotesEndpoint>();
}
