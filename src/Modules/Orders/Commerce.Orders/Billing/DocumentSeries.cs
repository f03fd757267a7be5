using System.Globalization;
using Commerce.EventStore;

namespace Commerce.Orders.Billing;

/// <summary>
/// The numbers of one kind of document in one year, given out without gaps: the number and the document are one commit, and a decision that is refused or
/// decided again has used none.
/// </summary>
internal sealed record DocumentSeries : IAggregate<DocumentSeries>
{
    private static readonly Guid Space = new("0d9b8a53-0d3e-4f6c-9a2e-3f1f4f1c7b60");

    /// <inheritdoc />
    public static string StreamType => "document_series";

    /// <inheritdoc />
    public static DocumentSeries Initial { get; } = new();

    /// <summary>The last number given out.</summary>
    public int Last { get; private init; }

    /// <summary>The name of the series of a kind in a year (UTC).</summary>
    public static string NameOf(DocumentKind kind, int year) => kind switch
    {
        DocumentKind.Invoice => string.Create(CultureInfo.InvariantCulture, $"INV-{year:D4}"),
        DocumentKind.CreditNote => string.Create(CultureInfo.InvariantCulture, $"CN-{year:D4}"),
        _ => throw new InvalidOperationException($"There is no document of kind {kind}."),
    };

    /// <summary>The stream of a series.</summary>
    public static Guid IdOf(string series) => Identifiers.FromName(Space, series);

    /// <summary>How a number is written.</summary>
    public static string Write(string series, int serial) => string.Create(CultureInfo.InvariantCulture, $"{series}-{serial:D6}");

    /// <summary>Gives the next number to a document of an order.</summary>
    public Decision Give(string series, Guid orderId) => Decision.Of(new DocumentNumbered(series, checked(Last + 1), orderId));

    /// <summary>The state as a snapshot has it: a year's series has a document for nearly every order.</summary>
    public SeriesMemento Save() => new(Last);

    /// <summary>The state that was kept.</summary>
    public static DocumentSeries Restore(SeriesMemento memento) => new() { Last = memento.Last };

    /// <inheritdoc />
    public DocumentSeries Evolve(object @event) => @event switch
    {
        DocumentNumbered numbered => this with { Last = numbered.Serial },
        _ => this,
    };
}

/// <summary>The last number of a series.</summary>
internal sealed record SeriesMemento(int Last)
{
    /// <summary>Counted on whenever it means something else.</summary>
    public const int Format = 1;
}
