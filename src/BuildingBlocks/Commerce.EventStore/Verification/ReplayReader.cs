using System.Text.Json;
using Commerce.EventStore.Execution;
using Npgsql;

namespace Commerce.EventStore.Verification;

/// <summary>
/// Every event of one snapshot in the global order: the fastest way through a whole database. What a replay has no use for (actor, headers, correlation) is not
/// read. It reads on its caller's thread, with a large buffer: to wake a thread for every few events costs more than to read them. A connection that was ever used
/// asynchronously wakes one all the same, so this one is opened here and used for nothing else.
/// </summary>
internal static class ReplayReader
{
    private const string Everything = """
        select e.commerce_tx, e.seq_id, e.stream_id, e.version, e.id, e.type, e.timestamp, e.data
          from events.mt_events e
         order by e.commerce_tx, e.seq_id
        """;

    /// <summary>The events, streamed, each with its body as it is stored; the body of one that cannot be read is an <see cref="UnreadableEvent"/>.</summary>
    public static IEnumerable<(RecordedEvent Event, byte[] Stored)> Read(EventStoreDataSource source, StreamLoader loader)
    {
        using var connection = source.Bulk.OpenConnection();
        using var command = new NpgsqlCommand(Everything, connection) { CommandTimeout = 0 };
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var name = reader.GetString(5);
            var stored = reader.GetFieldValue<byte[]>(7);
            yield return (new RecordedEvent
            {
                Position = new EventPosition(reader.GetInt64(0), reader.GetInt64(1)),
                StreamId = reader.GetGuid(2),
                Version = reader.GetInt64(3),
                Id = reader.GetGuid(4),
                Name = name,
                Timestamp = reader.GetFieldValue<DateTimeOffset>(6),
                Data = Body(name, stored, loader),
            }, stored);
        }
    }

    private static object Body(string name, byte[] utf8, StreamLoader loader)
    {
        try
        {
            return loader.Body(name, utf8);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return new UnreadableEvent(fault.Message);
        }
    }
}
