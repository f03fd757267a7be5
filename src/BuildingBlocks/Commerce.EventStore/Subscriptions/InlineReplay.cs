using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Commerce.EventStore.Execution;
using Commerce.EventStore.Reading;
using Npgsql;

namespace Commerce.EventStore.Subscriptions;

/// <summary>
/// Fills copies of the tables of inline read models of one aggregate: whole streams first, one after another (<see cref="StreamOrder"/>), then page by page in the global
/// order what happened meanwhile. Its memory is bounded: a few pages, and states of the streams that changed lately.
/// </summary>
internal sealed class InlineReplay
{
    private const int CatchUpPage = 2048;
    private const int MostStates = 20_000;
    private const int PagesAhead = 2;

    // What happens while a page of this size is written is little enough to be done while others wait.
    private const int FewEvents = 64;
    private const int MostRounds = 8;

    private const string HorizonNow = $"{StreamLoader.Horizon} select tx from horizon";

    private readonly NpgsqlConnection _connection;
    private readonly StreamLoader _loader;
    private readonly AggregateType _type;
    private readonly string[] _names;
    private readonly StreamOrder _streams;
    private readonly Dictionary<Guid, object> _states = [];
    private readonly IReadOnlyList<(IInlineProjection Projection, ShadowTables Shadow)> _models;
    private EventPosition _position;

    /// <summary>Prepares it.</summary>
    /// <param name="source">Where events are read from.</param>
    /// <param name="connection">Where rows are written.</param>
    /// <param name="loader">Reads pages of the global order.</param>
    /// <param name="types">All events.</param>
    /// <param name="models">Read models of one aggregate, each with its copies.</param>
    public InlineReplay(
        EventStoreDataSource source, NpgsqlConnection connection, StreamLoader loader, EventTypes types, IReadOnlyList<(IInlineProjection Projection, ShadowTables Shadow)> models)
    {
        (_connection, _loader, _models) = (connection, loader, models);
        var aggregate = models[0].Projection.Aggregate;
        _type = types.Aggregate(aggregate);
        _names = types.NamesOf(types.Events.Where(e => e.Aggregate == aggregate).Select(e => e.ClrType));
        _streams = new StreamOrder(source, new StoredNames(types, loader), _type, _names, MarksOf(types, models));
    }

    /// <summary>Everything up to the oldest transaction that is open now.</summary>
    public async Task FillAsync(CancellationToken cancellationToken)
    {
        long horizon;
        await using (var ask = new NpgsqlCommand(HorizonNow, _connection))
        {
            horizon = (long)(await ask.ExecuteScalarAsync(cancellationToken))!;
        }

        // One thread reads and folds, another makes rows and sends them: neither waits for the database while there is work.
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var pages = new BlockingCollection<IReadOnlyList<StreamChange>>(PagesAhead);
        var reading = RunAsync(() =>
        {
            try
            {
                foreach (var page in _streams.Pages(horizon))
                {
                    pages.Add(page, failed.Token);
                }
            }
            finally
            {
                pages.CompleteAdding();
            }
        });
        var writing = RunAsync(() =>
        {
            foreach (var page in pages.GetConsumingEnumerable(failed.Token))
            {
                using var batch = Batch(page, null);
                if (batch.BatchCommands.Count > 0)
                {
                    batch.ExecuteNonQuery();
                }
            }
        });
        if (!(await Task.WhenAny(reading, writing)).IsCompletedSuccessfully)
        {
            await failed.CancelAsync();
        }

        await Task.WhenAll(reading, writing).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        // When one of them failed the other was told to stop: the failure is what is to be heard.
        if (new[] { writing, reading }.Select(task => task.Exception?.InnerException).FirstOrDefault(fault => fault is not null and not OperationCanceledException) is { } fault)
        {
            ExceptionDispatchInfo.Throw(fault);
        }

        await Task.WhenAll(reading, writing);
        _position = new EventPosition(horizon - 1, long.MaxValue);

        Task RunAsync(Action work) => Task.Factory.StartNew(work, cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>What is whole by now, until little is left to be done, or no less than the last time.</summary>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        EventPage page;
        var rounds = 0;
        do
        {
            page = await _loader.ReadPageAsync(_connection, _position, _names, CatchUpPage, cancellationToken);
            await ProjectAsync(page.Events, null, cancellationToken);
            _position = page.Next;
        }
        while (!page.AtHead || (page.Events.Count > FewEvents && ++rounds < MostRounds));
    }

    /// <summary>Everything that is committed, the horizon notwithstanding: the writers of the running tables are locked out.</summary>
    public async Task CompleteAsync(NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        await ProjectAsync(await _loader.ReadCommittedAsync(_connection, _position, _names, cancellationToken), transaction, cancellationToken);
        // Should the transaction be taken back, these are ahead of what is projected.
        _states.Clear();
    }

    private static string[] MarksOf(EventTypes types, IReadOnlyList<(IInlineProjection Projection, ShadowTables Shadow)> models) =>
        models.Any(model => model.Projection.Marks.Count == 0) ? [] : types.NamesOf(models.SelectMany(model => model.Projection.Marks).Distinct());

    private async Task ProjectAsync(IReadOnlyList<RecordedEvent> events, NpgsqlTransaction? transaction, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
        {
            return;
        }

        if (_states.Count > MostStates)
        {
            _states.Clear();
        }

        // Versions keep the order within a stream, wherever a page ends.
        var streams = events.GroupBy(e => e.StreamId).OrderBy(stream => stream.Key).Select(stream => (Id: stream.Key, Events: stream.OrderBy(e => e.Version).ToList())).ToList();
        await KnowAsync(streams.FindAll(stream => !_states.ContainsKey(stream.Id) && stream.Events[0].Version > 1), cancellationToken);
        var changes = new List<StreamChange>(streams.Count);
        foreach (var (id, added) in streams)
        {
            var parts = added.SelectMany(e => e.Parts()).ToList();
            var state = parts.Aggregate(_states.GetValueOrDefault(id) ?? _type.Initial, (current, e) => _type.Evolve(current, e.Data));
            _states[id] = state;
            changes.Add(new StreamChange(id, state, added[^1].Version, parts));
        }

        await using var batch = Batch(changes, transaction);
        if (batch.BatchCommands.Count > 0)
        {
            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private async Task KnowAsync(List<(Guid Id, List<RecordedEvent> Events)> streams, CancellationToken cancellationToken)
    {
        if (streams.Count == 0)
        {
            return;
        }

        var before = await _streams.BeforeAsync(
            _connection, [.. streams.Select(stream => stream.Id)], [.. streams.Select(stream => stream.Events[0].Version)], cancellationToken);
        foreach (var (id, state) in before)
        {
            _states[id] = state;
        }
    }

    private NpgsqlBatch Batch(IReadOnlyList<StreamChange> changes, NpgsqlTransaction? transaction)
    {
        var batch = new NpgsqlBatch(_connection, transaction) { Timeout = 0 };
        foreach (var (projection, shadow) in _models)
        {
            var first = batch.BatchCommands.Count;
            projection.Project(changes, batch);
            for (var i = first; i < batch.BatchCommands.Count; i++)
            {
                batch.BatchCommands[i].CommandText = shadow.Rewritten(batch.BatchCommands[i].CommandText);
            }
        }

        return batch;
    }
}
