using Commerce.EventStore;
using Npgsql;

namespace Commerce.Inventory.ReadModels;

/// <summary>The opened locations.</summary>
internal sealed class LocationsProjection : IInlineProjection
{
    internal const string Upsert = """
        INSERT INTO inventory.locations (code, name, priority, country, region, version)
        SELECT * FROM unnest($1::text[], $2::text[], $3::integer[], $4::text[], $5::text[], $6::bigint[])
        ON CONFLICT (code) DO UPDATE SET
            name = excluded.name, priority = excluded.priority, country = excluded.country, region = excluded.region, version = excluded.version
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
        var locations = changes.Select(change => (((Location)change.State).Described!, change.Version)).ToArray();
        batch.Add(
            Upsert,
            Array.ConvertAll(locations, location => location.Item1.Code),
            Array.ConvertAll(locations, location => location.Item1.Name),
            Array.ConvertAll(locations, location => location.Item1.Priority),
            Array.ConvertAll(locations, location => location.Item1.Country),
            Array.ConvertAll(locations, location => location.Item1.Region),
            Array.ConvertAll(locations, location => location.Version));
    }
}
