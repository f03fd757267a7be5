using Commerce.EventStore;
using Commerce.Outcomes;

namespace Commerce.Catalog.Importing;

/// <summary>Takes an upload in as it streams: rows go into the job's chunks, and memory holds one chunk at a time.</summary>
internal sealed class ImportIntake(ImportJobs jobs, ImportSignal signal)
{
    private const int RowsPerChunk = 1000;
    private const int BytesPerChunk = 2 * 1024 * 1024;

    /// <summary>The new job's id, once all of its rows are kept.</summary>
    public async Task<Outcome<Guid>> ReceiveAsync(Stream body, ImportSettings settings, string actor, CancellationToken cancellationToken)
    {
        if (!settings.IsCsv)
        {
            return await KeepAsync(NdjsonRows.ReadAsync(body, cancellationToken), settings, null, actor, cancellationToken);
        }

        var csv = await CsvRows.OpenAsync(body, settings, cancellationToken);
        return csv.IsSuccess ? await KeepAsync(csv.Value.ReadAsync(cancellationToken), settings, csv.Value.Header, actor, cancellationToken) : csv.Refusal;
    }

    private async Task<Guid> KeepAsync(IAsyncEnumerable<ImportRow> rows, ImportSettings settings, string? header, string actor, CancellationToken cancellationToken)
    {
        var id = Identifiers.Next();
        await jobs.OpenAsync(id, actor, settings, header, cancellationToken);
        try
        {
            var (total, chunks, count) = (0L, 0, 0);
            using var chunk = new MemoryStream();
            await foreach (var row in rows.WithCancellation(cancellationToken))
            {
                row.AppendTo(chunk);
                count += row.Count;
                if (count >= RowsPerChunk || chunk.Length >= BytesPerChunk)
                {
                    await FlushAsync();
                }
            }

            if (count > 0)
            {
                await FlushAsync();
            }

            await jobs.EnqueueAsync(id, total, chunks, cancellationToken);
            signal.Wake();
            return id;

            async Task FlushAsync()
            {
                await jobs.AddChunkAsync(id, chunks++, count, chunk.ToArray(), cancellationToken);
                total += count;
                count = 0;
                chunk.SetLength(0);
            }
        }
        catch
        {
            // The client went away or sent what cannot be read to its end: nothing of it is imported.
            await jobs.DiscardAsync(id, CancellationToken.None);
            throw;
        }
    }
}

/// <summary>Wakes the worker of this host when a job has come.</summary>
internal sealed class ImportSignal : IDisposable
{
    private readonly SemaphoreSlim _woken = new(0, 1);

    /// <summary>There is a job.</summary>
    public void Wake()
    {
        try
        {
            _woken.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already woken.
        }
    }

    /// <inheritdoc />
    public void Dispose() => _woken.Dispose();

    /// <summary>Waits for a job, or for a while: another host's job wakes nobody here.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _woken.WaitAsync(atMost, cancellationToken);
}
