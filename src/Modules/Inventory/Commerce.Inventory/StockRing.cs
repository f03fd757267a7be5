using Commerce.EventStore;

namespace Commerce.Inventory;

/// <summary>The last changes, in order. Full, it forgets the oldest; those who still need it find out and look elsewhere.</summary>
internal sealed class StockRing(int capacity)
{
    private readonly Lock _gate = new();
    private readonly StockChange[] _changes = new StockChange[capacity];
    private long _count;
    private EventPosition _forgotten;
    private EventPosition _seen;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next change.</summary>
    internal Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    /// <summary>Begins anew after a position; everything up to there is unknown here.</summary>
    internal void Restart(EventPosition after)
    {
        lock (_gate)
        {
            Array.Clear(_changes);
            _count = 0;
            _forgotten = after;
            _seen = after;
        }

        Wake();
    }

    /// <summary>Adds changes.</summary>
    /// <param name="changes">In order, all after those before.</param>
    /// <param name="seen">Every change up to here has now been added.</param>
    internal void Add(IReadOnlyList<StockChange> changes, EventPosition seen)
    {
        lock (_gate)
        {
            foreach (var change in changes)
            {
                ref var place = ref _changes[_count % _changes.Length];
                _forgotten = _count >= _changes.Length ? place.Position : _forgotten;
                place = change;
                _count++;
            }

            _seen = seen;
        }

        if (changes.Count > 0)
        {
            Wake();
        }
    }

    /// <summary>The changes of these SKUs after a position; null when some of them may be forgotten.</summary>
    internal StockPage? After(EventPosition position, IReadOnlySet<string> skus)
    {
        lock (_gate)
        {
            if (position < _forgotten)
            {
                return null;
            }

            var (low, high) = (Math.Max(0, _count - _changes.Length), _count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = _changes[middle % _changes.Length].Position > position ? (low, middle) : (middle + 1, high);
            }

            List<StockChange>? found = null;
            for (var i = low; i < _count; i++)
            {
                var change = _changes[i % _changes.Length];
                if (skus.Contains(change.Sku))
                {
                    (found ??= []).Add(change);
                }
            }

            return new StockPage(found ?? [], _seen > position ? _seen : position);
        }
    }

    private void Wake()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.TrySetResult();
    }
}
