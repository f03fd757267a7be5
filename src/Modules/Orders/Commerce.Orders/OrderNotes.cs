using Commerce.EventStore;
using Commerce.Outcomes;

namespace Commerce.Orders;

// What people write down about an order.
internal sealed partial record Order
{
    /// <summary>Notes that one order takes at the most.</summary>
    public const int MaxNotes = 500;

    /// <summary>How many notes there are; what they say is read from the events.</summary>
    public int Notes { get; private init; }

    /// <summary>Writes a note down.</summary>
    public Decision AddNote(Guid noteId, string text, bool isInternal, DateTimeOffset now) =>
        Notes < MaxNotes ? Decision.Of(new OrderNoteAdded(noteId, text, isInternal, now)) : new OrderNotesFull();
}

/// <summary>Somebody wrote something down about an order.</summary>
/// <param name="NoteId">The note.</param>
/// <param name="Text">What.</param>
/// <param name="IsInternal">Whether only staff may read it.</param>
/// <param name="AddedAt">When, UTC.</param>
internal sealed record OrderNoteAdded(Guid NoteId, string Text, bool IsInternal, DateTimeOffset AddedAt);

/// <summary>The order has all the notes that it can have.</summary>
[Problem(409, "order-notes-full", "No more notes")]
internal sealed record OrderNotesFull() : Refusal($"An order takes {Order.MaxNotes} notes at the most.");
