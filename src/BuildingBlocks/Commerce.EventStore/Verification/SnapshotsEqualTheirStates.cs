using Npgsql;

namespace Commerce.EventStore.Verification;

/// <summary>What a snapshot keeps is what the events up to its version come to; those in a format that this process does not write are nobody's concern here.</summary>
internal sealed class SnapshotsEqualTheirStates : ReplayRule
{
    private const string All = "select stream_id, format, version, state from events.commerce_snapshots";

    private readonly Dictionary<Guid, (int Format, long Version, byte[] State)> _snapshots;
    private readonly Dictionary<Type, SnapshotType> _types;

    private SnapshotsEqualTheirStates(Dictionary<Guid, (int Format, long Version, byte[] State)> snapshots, Dictionary<Type, SnapshotType> types) =>
        (_snapshots, _types) = (snapshots, types);

    /// <inheritdoc />
    public override string Statement => "a snapshot is the state of its stream at its version";

    /// <summary>Reads all snapshots; there is one for a long stream, so they are few beside the events.</summary>
    public static async Task<SnapshotsEqualTheirStates> ReadAsync(NpgsqlConnection connection, IEnumerable<SnapshotType> types, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(All, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var snapshots = new Dictionary<Guid, (int, long, byte[])>();
        while (await reader.ReadAsync(cancellationToken))
        {
            snapshots.Add(reader.GetGuid(0), (reader.GetInt32(1), reader.GetInt64(2), reader.GetFieldValue<byte[]>(3)));
        }

        return new SnapshotsEqualTheirStates(snapshots, types.ToDictionary(type => type.Aggregate));
    }

    /// <inheritdoc />
    public override string? After(RecordedEvent @event, object state) =>
        _snapshots.TryGetValue(@event.StreamId, out var kept) && kept.Version == @event.Version
        && _types.TryGetValue(state.GetType(), out var type) && type.Format == kept.Format && !type.Save(type.Restore(kept.State)).AsSpan().SequenceEqual(type.Save(state))
            ? $"the snapshot of version {kept.Version} keeps another state"
            : null;
}
