using System.Text.Json.Serialization;
using Commerce.EventStore;
using Commerce.Outcomes;
using Npgsql;

namespace Commerce.ReadModels.Tests;

/// <summary>The smallest module there can be: a note that is written and written again.</summary>
internal sealed record Note(string Text) : IAggregate<Note>
{
    public static string StreamType => "note";

    public static Note Initial { get; } = new("");

    public static string KeyOf(Guid id) => $"notes:{id}";

    public Note Evolve(object @event) => @event is NoteWritten written ? new Note(written.Text) : this;

    public static Task<Outcome<string>> WriteAsync(EventSession session, Guid id, string text) => session.DecideAsync<Note, string>(
        id, (note, _) => note.Apply(Decision.Of(new NoteWritten(text))).Map(state => state.Text), CancellationToken.None);
}

internal sealed record NoteWritten(string Text);

[JsonSerializable(typeof(NoteWritten))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class NotesJson : JsonSerializerContext;

internal sealed class NoteProjection : IInlineProjection
{
    public string Name => "Notes.Note";

    public Type Aggregate => typeof(Note);

    public IReadOnlyList<string> Tables => ["notes.note"];

    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch) => batch.BatchCommands.Add(new NpgsqlBatchCommand(
        """
        INSERT INTO notes.note (id, text, version, written_at) SELECT * FROM unnest($1, $2, $3, $4)
        ON CONFLICT (id) DO UPDATE SET text = excluded.text, version = excluded.version, written_at = excluded.written_at
        """)
    {
        Parameters =
        {
            new() { Value = changes.Select(change => change.StreamId).ToArray() },
            new() { Value = changes.Select(change => ((Note)change.State).Text).ToArray() },
            new() { Value = changes.Select(change => change.Version).ToArray() },
            new() { Value = changes.Select(change => change.Events[^1].Timestamp.UtcDateTime).ToArray() },
        },
    });
}

internal sealed class NoteInvalidation : ICacheInvalidation
{
    public IReadOnlyCollection<Type> Handles => [typeof(NoteWritten)];

    public IEnumerable<string> KeysFor(RecordedEvent e) =>
        e.Data is NoteWritten { Text: "poison" } ? throw new InvalidOperationException("poison") : [Note.KeyOf(e.StreamId)];
}

/// <summary>The module's marker.</summary>
internal sealed class NotesDatabase;
