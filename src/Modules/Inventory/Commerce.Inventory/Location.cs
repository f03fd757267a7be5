using Commerce.EventStore;

namespace Commerce.Inventory;

/// <summary>A place that holds stock was opened.</summary>
/// <param name="Code">Its code.</param>
/// <param name="Name">Its name for people.</param>
/// <param name="Priority">The lowest number serves first.</param>
internal sealed record LocationOpened(string Code, string Name, int Priority);

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

    internal bool IsOpen { get; private init; }

    /// <summary>The stream of a code.</summary>
    internal static Guid IdOf(string code) => Identifiers.FromName(Space, code);

    internal Decision Open(string code, string name, int priority) =>
        IsOpen || string.Equals(code, Main, StringComparison.Ordinal) ? new LocationExists(code) : Decision.Of(new LocationOpened(code, name, priority));

    /// <inheritdoc />
    public Location Evolve(object @event) => @event is LocationOpened ? this with { IsOpen = true } : this;
}
