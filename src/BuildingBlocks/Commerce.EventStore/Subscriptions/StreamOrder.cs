using System.Globalization;
using System.Text;
using Commerce.EventStore.Reading;
using Npgsql;

namespace Commerce.EventStore.Subscriptions;

/// <summary>
/// Whole streams of one kind, one after another, in pages: one state at a time is in memory, however many streams there are, and a page has a stream's last state
/// once instead of every one that it ever had. Streams without any of the marks, where there are some, are left out. It ends at a place in the global order, from which a reader in that order goes on.
/// </summary>
internal sealed class StreamOrder(EventStoreDataSource source, StoredNames stored, AggregateType type, string[] names, string[] marks)
{
    // A page ends with a stream, unless that is longer than this.
    private const int PageEvents = 4096;
    private const int LongestPage = 16_384;

    // Streams that a foreign writer began may have no type; their events have names all the same.
    private static readonly CompositeFormat Events = CompositeFormat.Parse("""
        select e.commerce_tx, e.seq_id, e.stream_id, e.version, e.id, e.timestamp, e.correlation_id, e.causation_id, e.headers::text, e.user_name, e.type, e.data
          from events.mt_streams s join events.mt_events e on e.stream_id = s.id
         where (s.type = {0} or s.type is null) and e.type in ({1}) and e.commerce_tx < {2}{3}
         order by e.stream_id, e.version
        """);

    private static readonly CompositeFormat Marked = CompositeFormat.Parse(" and exists (select from events.mt_events m where m.stream_id = s.id and m.type in ({0}))");

    // Streams in the order of their ids, each with its own events by their index: twice as cheap as to sort all events of a kind, bodies and all, on the disk.
    private const string Settings = "set enable_sort = off; set enable_hashjoin = off; set enable_mergejoin = off; set max_parallel_workers_per_gather = 0";

    /// <summary>The pages, up to a transaction that has not ended yet, or any before it. Runs on its caller's thread.</summary>
    public IEnumerable<IReadOnlyList<StreamChange>> Pages(long beforeTransaction)
    {
        var onlyMarked = marks.Length == 0 ? "" : string.Format(CultureInfo.InvariantCulture, Marked, Literals(marks));
        var query = string.Format(CultureInfo.InvariantCulture, Events, Literal(type.StreamType), Literals(names), beforeTransaction, onlyMarked);
        using var copy = new BinaryCopy(source, query, Settings);
        var page = new List<StreamChange>();
        var inPage = 0;
        var (stream, state, events) = (Guid.Empty, type.Initial, new List<RecordedEvent>());
        while (copy.Read())
        {
            var recorded = Next(copy);
            if (recorded.StreamId != stream || inPage + events.Count >= LongestPage)
            {
                Close();
                if (inPage >= PageEvents)
                {
                    yield return page;
                    (page, inPage) = ([], 0);
                }

                (stream, state) = (recorded.StreamId, recorded.StreamId == stream ? state : type.Initial);
            }

            foreach (var part in recorded.Parts())
            {
                state = type.Evolve(state, part.Data);
                events.Add(part);
            }
        }

        Close();
        if (page.Count > 0)
        {
            yield return page;
        }

        void Close()
        {
            if (events.Count > 0)
            {
                page.Add(new StreamChange(stream, state, events[^1].Version, events));
                inPage += events.Count;
                events = [];
            }
        }
    }

    /// <summary>The states that streams had before given versions: what a page of the global order goes on from.</summary>
    public async Task<Dictionary<Guid, object>> BeforeAsync(NpgsqlConnection connection, Guid[] ids, long[] versions, CancellationToken cancellationToken)
    {
        var states = ids.ToDictionary(id => id, _ => type.Initial);
        await using var command = new NpgsqlCommand(
            """
            select e.stream_id, e.type, e.data from unnest($1, $2) as k (id, version) join events.mt_events e on e.stream_id = k.id and e.version < k.version
             where e.type = any ($3) order by e.stream_id, e.version
            """,
            connection) { Parameters = { new() { Value = ids }, new() { Value = versions }, new() { Value = names } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = reader.GetGuid(0);
            states[id] = type.Evolve(states[id], stored.Find(reader.GetString(1)).Read(reader.GetFieldValue<byte[]>(2)));
        }

        return states;
    }

    private RecordedEvent Next(BinaryCopy copy)
    {
        var position = new EventPosition(copy.Int64(), copy.Int64());
        var (stream, version, id, timestamp) = (copy.Uuid(), copy.Int64(), copy.Uuid(), copy.Instant());
        var (correlation, causation, headers, actor) = (copy.Text(), copy.Text(), copy.Text(), copy.Text());
        var name = stored.Find(copy.Field());
        return new RecordedEvent
        {
            Position = position, StreamId = stream, Version = version, Id = id, Timestamp = timestamp, Name = name.Text, Data = name.Read(copy.Json()),
            CorrelationId = correlation, CausationId = causation, Headers = headers, Actor = actor,
        };
    }

    private static string Literals(string[] texts) => string.Join(", ", texts.Select(Literal));

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
