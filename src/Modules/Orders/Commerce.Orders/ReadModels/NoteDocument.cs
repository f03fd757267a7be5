using System.Text.Json.Serialization;

namespace Commerce.Orders.ReadModels;

/// <summary>A note as its reader sees it.</summary>
/// <param name="Id">The note's id.</param>
/// <param name="Text">What it says.</param>
/// <param name="Visibility">Who may read it.</param>
/// <param name="Author">Who wrote it.</param>
/// <param name="AddedAt">When, UTC.</param>
internal sealed record OrderNoteResponse(Guid Id, string Text, OrderNoteVisibility Visibility, string? Author, DateTimeOffset AddedAt)
{
    /// <summary>The version of the order: a note's tag is its order's.</summary>
    [JsonIgnore]
    public long OrderVersion { get; init; }

    /// <summary>A note as a document.</summary>
    public static OrderNoteResponse Of(OrderNoteAdded note, string? author) =>
        new(note.NoteId, note.Text, note.IsInternal ? OrderNoteVisibility.Staff : OrderNoteVisibility.Customer, author, note.AddedAt);
}

/// <summary>Who may read a note.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<OrderNoteVisibility>))]
internal enum OrderNoteVisibility
{
    /// <summary>Staff alone.</summary>
    [JsonStringEnumMemberName("staff")]
    Staff,

    /// <summary>Everybody who may read the order.</summary>
    [JsonStringEnumMemberName("customer")]
    Customer,
}
