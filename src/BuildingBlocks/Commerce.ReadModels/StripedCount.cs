namespace Commerce.ReadModels;

/// <summary>A counter that threads do not fight over: each adds to one of several cells, a cache line apart.</summary>
public sealed class StripedCount
{
    private const int Stripes = 16;
    private const int LineLongs = 8;
    private readonly long[] _cells = new long[Stripes * LineLongs];

    /// <summary>Counts one.</summary>
    public void Add() => Interlocked.Increment(ref _cells[(Environment.CurrentManagedThreadId & (Stripes - 1)) * LineLongs]);

    /// <summary>What was counted.</summary>
    public long Sum()
    {
        var sum = 0L;
        for (var cell = 0; cell < _cells.Length; cell += LineLongs)
        {
            sum += Interlocked.Read(ref _cells[cell]);
        }

        return sum;
    }
}
