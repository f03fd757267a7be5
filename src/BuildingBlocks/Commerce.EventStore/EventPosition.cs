using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Commerce.EventStore;

/// <summary>
/// Where an event stands in the one global order: first the transaction that wrote it, then its sequence number.
/// A transaction id below the oldest one still open can never appear again, so an order by transaction is whole behind that horizon,
/// while an order by sequence number alone has holes that may or may not fill later.
/// </summary>
/// <param name="Transaction">The writing transaction's 64-bit id, shifted by the database's origin (see <c>commerce_origin</c>).</param>
/// <param name="Sequence"><c>mt_events.seq_id</c>.</param>
public readonly record struct EventPosition(long Transaction, long Sequence) : IComparable<EventPosition>
{
    /// <summary>Before the first event.</summary>
    public static EventPosition Start => default;

    /// <inheritdoc />
    public int CompareTo(EventPosition other)
    {
        var byTransaction = Transaction.CompareTo(other.Transaction);
        return byTransaction != 0 ? byTransaction : Sequence.CompareTo(other.Sequence);
    }

    /// <summary>Opaque text for clients: consistency tokens and the <c>after</c> of event feeds.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Transaction:x}-{Sequence:x}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out EventPosition position)
    {
        position = default;
        var dash = text?.IndexOf('-', StringComparison.Ordinal) ?? -1;
        if (dash <= 0
            || !long.TryParse(text.AsSpan(0, dash), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var transaction)
            || !long.TryParse(text.AsSpan(dash + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var sequence)
            || transaction < 0 || sequence < 0)
        {
            return false;
        }

        position = new EventPosition(transaction, sequence);
        return true;
    }

    /// <summary>Earlier than.</summary>
    public static bool operator <(EventPosition left, EventPosition right) => left.CompareTo(right) < 0;

    /// <summary>Later than.</summary>
    public static bool operator >(EventPosition left, EventPosition right) => left.CompareTo(right) > 0;

    /// <summary>At or before.</summary>
    public static bool operator <=(EventPosition left, EventPosition right) => left.CompareTo(right) <= 0;

    /// <summary>At or after.</summary>
    public static bool operator >=(EventPosition left, EventPosition right) => left.CompareTo(right) >= 0;
}
