using Npgsql;

namespace Commerce.EventStore.Subscriptions;

/// <summary>One subscription as this process sees it, and the page-by-page work of running it.</summary>
internal sealed class RunningSubscription
{
    private const string ReadCheckpoint = """
        select tx, seq, state = 'paused', array(select s.seq from events.commerce_skips s where s.name = p.name)
          from events.commerce_progression p where name = $1
        """;
    private const string RecordFailure = "update events.commerce_progression set failed_seq = $2, error = $3 where name = $1";
    private const string ResetRole = "reset role";
    private const string ResetSearchPath = "reset search_path";
    private const string MakeCheckpoint = "insert into events.commerce_progression (name) values ($1) on conflict do nothing";

    /// <summary>Moves only from where this host stands: a host that lost its ownership without noticing fails here instead of applying a page twice.</summary>
    private const string MoveCheckpoint = """
        with moved as (
            update events.commerce_progression set tx = $2, seq = $3, last_updated = now() where name = $1 and tx = $4 and seq = $5 returning name)
        insert into events.mt_event_progression (name, last_seq_id, last_updated)
        select name || ':All', $6, now() from moved
        on conflict (name) do update set last_seq_id = greatest(mt_event_progression.last_seq_id, excluded.last_seq_id), last_updated = excluded.last_updated
        """;

    private readonly Dictionary<Type, IAnnouncements> _announcers = [];
    private readonly HashSet<Type> _handles;
    private readonly Lock _gate = new();
    private HashSet<long> _skips = [];
    private TaskCompletionSource _moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RunningSubscription(ISubscription subscription, EventTypes types, IEnumerable<IAnnouncements> announcements)
    {
        Subscription = subscription;
        _handles = [.. subscription.Handles];
        var sources = new HashSet<Type>();
        var known = types.Events.Select(type => type.ClrType).ToHashSet();
        var all = announcements.ToList();
        foreach (var handled in subscription.Handles)
        {
            if (known.Contains(handled))
            {
                sources.Add(handled);
                continue;
            }

            var announcer = all.Find(a => a.Announced.ContainsKey(handled))
                ?? throw new InvalidOperationException($"{subscription.Name} handles {handled}, which is no registered event and which nobody announces.");
            foreach (var source in announcer.Announced[handled])
            {
                sources.Add(source);
                _announcers[source] = announcer;
            }
        }

        Names = types.NamesOf(sources);
        NameSet = [.. Names];
        Bodiless = [.. types.NamesOf(subscription.Bodiless).Where(name => types.KindOf(name) is not null)];
    }

    public ISubscription Subscription { get; }

    public string Name => Subscription.Name;

    /// <summary>The stored names of the events it needs.</summary>
    public string[] Names { get; }

    /// <summary>The same, to look one up.</summary>
    public HashSet<string> NameSet { get; }

    /// <summary>The stored names of those whose bodies it has no use for.</summary>
    public string[] Bodiless { get; }

    /// <summary>Where it stands in memory: at or after <see cref="Checkpoint"/>, since a page without its events needs no write.</summary>
    public EventPosition Position { get; private set; }

    /// <summary>Where it stands in the database.</summary>
    public EventPosition Checkpoint { get; private set; }

    /// <summary>The last event it handled.</summary>
    public long LastSequence { get; private set; }

    public string State { get; set; } = "stopped";

    /// <summary>Whether an operator holds it; read with the checkpoint.</summary>
    public bool IsPaused { get; private set; }

    /// <summary>One while it looks for the event that it fails on.</summary>
    public bool StepsSingly { get; set; }

    public string? Error { get; set; }

    public bool IsOwned { get; set; }

    /// <summary>Completes when the position moves next.</summary>
    public Task Moved
    {
        get
        {
            lock (_gate)
            {
                return _moved.Task;
            }
        }
    }

    public async Task ReadCheckpointAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using (var make = new NpgsqlCommand(MakeCheckpoint, connection) { Parameters = { new() { Value = Name } } })
        {
            await make.ExecuteNonQueryAsync(cancellationToken);
        }

        Checkpoint = await ReadRowAsync(connection, cancellationToken);
        Move(Checkpoint);
    }

    /// <summary>Reads what operators ordered since: a pause, a resume, events to skip.</summary>
    public Task ReadOrdersAsync(NpgsqlConnection connection, CancellationToken cancellationToken) => ReadRowAsync(connection, cancellationToken);

    /// <summary>Handles a page in one transaction with its checkpoint.</summary>
    public async Task HandleAsync(NpgsqlConnection connection, EventPage page, CancellationToken cancellationToken)
    {
        if (page.Events.Count > 0)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var asModule = await DeliverAsModuleAsync(connection, transaction, page.Events, SchemaOf(Subscription), cancellationToken);
            await MoveCheckpointAsync(connection, page.Next, page.Events[^1].Position.Sequence, asModule, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            Checkpoint = page.Next;
            LastSequence = page.Events[^1].Position.Sequence;
        }

        Move(page.Next);
    }

    /// <summary>Writes down which event it fails on, so that an operator can have it skipped on any host.</summary>
    public async Task RecordFailureAsync(NpgsqlConnection connection, RecordedEvent failed, Exception exception, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(RecordFailure, connection)
        {
            Parameters = { new() { Value = Name }, new() { Value = failed.Position.Sequence }, new() { Value = exception.Message } },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Writes down how far it has looked, for hosts that wait for it without owning it.</summary>
    public async Task SaveAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var position = Position;
        await MoveCheckpointAsync(connection, position, LastSequence, asModule: false, cancellationToken);
        Checkpoint = position;
    }

    /// <summary>Delivers events under the module's role, its tables found in <paramref name="schema"/>.</summary>
    public async Task DeliverAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<RecordedEvent> events, string schema, CancellationToken cancellationToken)
    {
        if (await DeliverAsModuleAsync(connection, transaction, events, schema, cancellationToken))
        {
            await ExecuteAsync(connection, $"{ResetRole}; {ResetSearchPath}", cancellationToken);
        }
    }

    public static string SchemaOf(ISubscription subscription) =>
        subscription.Tables.Count > 0 ? subscription.Tables[0].Split('.')[0] : "public";

    /// <returns>Whether there was anything to deliver, and the connection now acts as the module.</returns>
    private async Task<bool> DeliverAsModuleAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, IReadOnlyList<RecordedEvent> events, string schema, CancellationToken cancellationToken)
    {
        var delivered = new List<Delivered>(events.Count);
        foreach (var @event in events.Parts())
        {
            if (_skips.Contains(@event.Position.Sequence))
            {
                continue;
            }

            if (_handles.Contains(@event.Kind))
            {
                delivered.Add(new Delivered(@event));
            }

            if (_announcers.TryGetValue(@event.Kind, out var announcer) && @event.AnnouncementBy(announcer) is { } announcement && _handles.Contains(announcement.GetType()))
            {
                delivered.Add(new Delivered(@event, announcement));
            }
        }

        if (delivered.Count == 0)
        {
            return false;
        }

        await ExecuteAsync(connection, $"set local role {Subscription.Role}; set local search_path = {schema}, public", cancellationToken);
        await Subscription.HandleAsync(delivered, connection, transaction, cancellationToken);
        return true;
    }

    /// <summary>Takes over the orders of operators that stand in its row.</summary>
    /// <returns>The checkpoint that stands there.</returns>
    private async Task<EventPosition> ReadRowAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var read = new NpgsqlCommand(ReadCheckpoint, connection) { Parameters = { new() { Value = Name } } };
        await using var reader = await read.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        IsPaused = reader.GetBoolean(2);
        _skips = [.. reader.GetFieldValue<long[]>(3)];
        return new EventPosition(reader.GetInt64(0), reader.GetInt64(1));
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task MoveCheckpointAsync(NpgsqlConnection connection, EventPosition to, long sequence, bool asModule, CancellationToken cancellationToken)
    {
        await using var batch = new NpgsqlBatch(connection);
        if (asModule)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand(ResetRole));
            batch.BatchCommands.Add(new NpgsqlBatchCommand(ResetSearchPath));
        }

        var move = new NpgsqlBatchCommand(MoveCheckpoint)
        {
            Parameters =
            {
                new() { Value = Name },
                new() { Value = to.Transaction },
                new() { Value = to.Sequence },
                new() { Value = Checkpoint.Transaction },
                new() { Value = Checkpoint.Sequence },
                new() { Value = sequence },
            },
        };
        batch.BatchCommands.Add(move);
        await batch.ExecuteNonQueryAsync(cancellationToken);
        if (move.RecordsAffected == 0)
        {
            throw new InvalidOperationException($"Another host moved {Name}; this one stops and reads the checkpoint again.");
        }
    }

    private void Move(EventPosition position)
    {
        TaskCompletionSource moved;
        lock (_gate)
        {
            Position = position;
            moved = _moved;
            _moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        moved.TrySetResult();
    }
}
