using Commerce.EventStore;
using Commerce.ReadModels;
using Dapper;

namespace Commerce.Catalog.Search;

/// <summary>What of the index and of the words is committed, asked for many searches at once.</summary>
internal sealed class SearchStates(ModuleDatabase<CatalogDatabase> database, TimeProvider time) : ICommitListener
{
    internal const string SelectState = """
        select s.epoch, s.generation, s.changed, t.version from (select 1) as one
          left join catalog.search_state s on true left join catalog.search_thesaurus t on true
        """;

    // Far below what a cache may be behind, and enough for hundreds of searches.
    private static readonly TimeSpan Recent = TimeSpan.FromMilliseconds(10);

    private readonly Lock _asking = new();
    private TaskCompletionSource<SearchState>? _next;
    private bool _isAsking;
    private volatile Told? _told;
    private long _forgotten;

    /// <summary>
    /// What is committed now, asked after the call began. Calls that come while a question is under way share the next one: under load one tiny statement
    /// serves many searches.
    /// </summary>
    public Task<SearchState> StateAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource<SearchState> answer;
        lock (_asking)
        {
            if (_isAsking)
            {
                return (_next ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(cancellationToken);
            }

            _isAsking = true;
            answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _ = AskAsync(answer);
        return answer.Task.WaitAsync(cancellationToken);
    }

    /// <summary>
    /// What was committed a moment ago at the most: a busy host need not ask for each search. It asks again before that moment is over, so that nobody waits
    /// while searches come.
    /// </summary>
    public ValueTask<SearchState> RecentStateAsync(CancellationToken cancellationToken)
    {
        if (_told is not { } told || time.GetElapsedTime(told.At) is var age && age >= Recent)
        {
            return new(StateAsync(cancellationToken));
        }

        if (age >= Recent / 2)
        {
            AskAhead();
        }

        return new(told.State);
    }

    /// <summary>What staff say of words counts on this host from the next search on.</summary>
    public void Committed(IReadOnlyList<RecordedEvent> events)
    {
        for (var i = 0; i < events.Count; i++)
        {
            if (events[i].StreamId == SearchThesaurus.Id)
            {
                Interlocked.Increment(ref _forgotten);
                _told = null;
                return;
            }
        }
    }

    private void AskAhead()
    {
        lock (_asking)
        {
            if (_isAsking)
            {
                return;
            }

            _isAsking = true;
        }

        _ = AskUnheardAsync();

        async Task AskUnheardAsync()
        {
            var answer = new TaskCompletionSource<SearchState>(TaskCreationOptions.RunContinuationsAsynchronously);
            await AskAsync(answer);
            // Nobody waits for it: whoever comes later asks for himself and is told then.
            _ = answer.Task.Exception;
        }
    }

    private async Task AskAsync(TaskCompletionSource<SearchState> answer)
    {
        while (true)
        {
            try
            {
                var (at, forgotten) = (time.GetTimestamp(), Volatile.Read(ref _forgotten));
                await using var connection = await database.OpenAsync(CancellationToken.None);
                var (epoch, generation, changed, version) = await connection.QuerySingleAsync<(Guid?, long?, long?, long?)>(SelectState);
                var state = new SearchState(epoch ?? Guid.Empty, generation ?? 0, changed ?? 0, version ?? 0);
                _told = forgotten == Volatile.Read(ref _forgotten) ? new Told(state, at) : null;
                answer.SetResult(state);
            }
            catch (Exception fault)
            {
                // Whoever waits is told.
                answer.SetException(fault);
            }

            lock (_asking)
            {
                if (_next is null)
                {
                    _isAsking = false;
                    return;
                }

                (answer, _next) = (_next, null);
            }
        }
    }

    private sealed record Told(SearchState State, long At);
}
