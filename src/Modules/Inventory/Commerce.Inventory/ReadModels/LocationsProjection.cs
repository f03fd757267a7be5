using Commerce.EventStore;
using Npgsql;

namespace Commerce.Inventory.ReadModels;

/// <summary>The opened locations.</summary>
internal sealed class LocationsProjection : IInlineProjection
{
    internal const string Insert = """
        INSERT INTO inventory.locations (code, name, priority)
        SELECT * FROM unnest($1::text[], $2::text[], $3::integer[])
        ON CONFLICT (code) DO NOTHING
        """;

    /// <inheritdoc />
    public string Name => "Inventory.Locations";

    /// <inheritdoc />
    public Type Aggregate => typeof(Location);

    /// <inheritdoc />
    public IReadOnlyList<string> Tables { get; } = ["inventory.locations"];

    /// <inheritdoc />
    public void Project(IReadOnlyList<StreamChange> changes, NpgsqlBatch batch)
    {
        var opened = changes.SelectMany(change => change.Events).Select(e => e.Data).OfType<LocationOpened>().ToArray();
        batch.Add(
            Insert,
            Array.ConvertAll(opened, location => location.Code),
            Array.ConvertAll(opened, location => location.Name),
            Array.ConvertAll(opened, location => location.Priority));
    }
}
