using System.Text.Json.Nodes;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.EventStore.History;

/// <summary>Streams of the past: taken out of the way of the present, or out of the database as files.</summary>
/// <param name="source">The store's connections.</param>
public sealed class StreamArchive(EventStoreDataSource source)
{
    private const string Archive = "select events.commerce_archive($1)";

    private const string Kind = "select coalesce(type, '') from events.mt_streams where id = $1";

    private const string Stored = """
        select e.type, e.version, e.timestamp, e.data::text
          from events.mt_events e
         where e.stream_id = $1 and e.version <= $2 and e.timestamp <= $3
         order by e.version
        """;

    /// <summary>
    /// Archives streams: their history stands and is read as before, nothing more is appended (<see cref="Execution.StreamArchived"/>). On partitioned tables their
    /// rows leave the partitions that the shop works on. Archiving again changes nothing.
    /// </summary>
    /// <returns>How many streams were archived now; those that do not exist or were archived before do not count.</returns>
    public async Task<int> ArchiveAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        await using var connection = await source.Source.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(Archive, connection) { CommandTimeout = 0, Parameters = { new() { Value = ids.Distinct().Order().ToArray() } } };
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>A stream as a fixture, whole or up to a version or a time; null when there is no such stream, or nothing of it by then.</summary>
    public async Task<StreamFixture?> ExportAsync(Guid id, long? version, DateTimeOffset? timestamp, CancellationToken cancellationToken)
    {
        await using var connection = await source.Source.OpenConnectionAsync(cancellationToken);
        string? kind;
        await using (var ask = new NpgsqlCommand(Kind, connection) { Parameters = { new() { Value = id } } })
        {
            kind = (string?)await ask.ExecuteScalarAsync(cancellationToken);
        }

        await using var command = new NpgsqlCommand(Stored, connection)
        {
            Parameters =
            {
                new() { Value = id },
                new() { Value = version ?? long.MaxValue },
                new() { Value = timestamp is { } limit ? limit.UtcDateTime : DateTime.MaxValue, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        };
        var events = new List<StoredEvent>();
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            events.Add(new StoredEvent(reader.GetString(0), reader.GetInt64(1), reader.GetFieldValue<DateTimeOffset>(2), StreamFixture.WithoutSecrets(JsonNode.Parse(reader.GetString(3))!.AsObject())));
        }

        return kind is null || events.Count == 0 ? null : new StreamFixture(kind, id, events);
    }
}
