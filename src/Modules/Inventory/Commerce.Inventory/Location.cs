using Commerce.EventStore;

namespace Commerce.Inventory;

/// <summary>A place that holds stock was opened.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Priority">The lowest number serves first.</param>
/// <param name="Country">ISO 3166-1 alpha-2 of where it is, or null.</param>
/// <param name="Region">State or province, or null.</param>
internal sealed record LocationOpened(string Code, string Name, int Priority, string? Country = null, string? Region = null);

/// <summary>A place is called otherwise, serves in another turn, or is somewhere else.</summary>
internal sealed record LocationRevised(string Code, string Name, int Priority, string? Country, string? Region);

/// <summary>A place that holds stock. It is never closed, so whoever has seen it may rely on it.</summary>
internal sealed record Location : IAggregate<Location>
{
    /// <summary>The location that every shop has.</summary>
    internal const string Main = "main";

    private static readonly Guid Space = new("0b1c6a0e-3d5e-4f57-8d0a-5d9b8b3f4e12");

    /// <inheritdoc />
    public static string StreamType => "stock_location";

    /// <inheritdoc />
    public static Location Initial { get; } = new();

    /// <summary>How it was last described; null when nobody ever did, which says nothing about <see cref="Main"/>.</summary>
    internal LocationRevised? Described { get; private init; }

    /// <summary>The stream of a code.</summary>
    internal static Guid IdOf(string code) => Identifiers.FromName(Space, code);

    internal Decision Open(LocationOpened location) =>
        Described is not null || string.Equals(location.Code, Main, StringComparison.Ordinal) ? new LocationExists(location.Code) : Decision.Of(location);

    /// <summary>Describes it anew; the same description changes nothing.</summary>
    internal Decision Revise(LocationRevised location) =>
        Described is null && !string.Equals(location.Code, Main, StringComparison.Ordinal) ? new LocationNotFound(location.Code)
        : Described == location ? Decision.Nothing
        : Decision.Of(location);

    /// <inheritdoc />
    public Location Evolve(object @event) => @event switch
    {
        LocationOpened e => this with { Described = new LocationRevised(e.Code, e.Name, e.Priority, e.Country, e.Region) },
        LocationRevised e => this with { Described = e },
        _ => this,
    };
}
