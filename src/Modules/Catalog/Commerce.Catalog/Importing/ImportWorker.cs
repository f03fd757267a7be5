using Commerce.EventStore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Commerce.Catalog.Importing;

/// <summary>
/// Works import jobs off, one at a time on each host. A job's place is kept with every chunk; whoever goes on after a kill does the open chunk again, which
/// changes nothing where it had been done.
/// </summary>
internal sealed partial class ImportWorker(ImportJobs jobs, ImportChunk chunks, ImportSignal signal, IOptions<CatalogOptions> options, TimeProvider time, ILogger<ImportWorker> logger) : BackgroundService
{
    private const int Patience = 10;

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (options.Value.RunImports && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                await jobs.DiscardAbandonedAsync(stoppingToken);
                foreach (var id in await jobs.OpenJobsAsync(stoppingToken))
                {
                    await TryRunAsync(id, stoppingToken);
                }

                await signal.WaitAsync(Poll, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                CannotLook(logger, fault);
                await Task.Delay(Poll, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task TryRunAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var ownership = await jobs.OwnAsync(id, cancellationToken);
        if (ownership is null)
        {
            return;
        }

        await jobs.StartAsync(id, cancellationToken);
        var rehearsed = new HashSet<long>();
        for (var faults = 0; ;)
        {
            try
            {
                // Read afresh, since another host may have moved it before this one owned it.
                if (await jobs.FindAsync(id, cancellationToken) is not { Status: "running" } job)
                {
                    return;
                }

                if (job.CancelRequested || job.NextChunk >= job.Chunks)
                {
                    await jobs.FinishAsync(id, job.CancelRequested ? "cancelled" : "completed", null, cancellationToken);
                    return;
                }

                await RunChunksAsync(job, job.DryRun ? rehearsed : null, () => faults = 0, cancellationToken);
            }
            catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                ChunkFailed(logger, fault, id);
                if (++faults == Patience)
                {
                    await jobs.FinishAsync(id, "failed", fault.Message, cancellationToken);
                    return;
                }

                await Task.Delay(Pause * faults, time, cancellationToken);
            }
        }
    }

    // While a chunk is decided and committed, the next one is fetched and read.
    private async Task RunChunksAsync(JobRow job, HashSet<long>? rehearsed, Action advanced, CancellationToken cancellationToken)
    {
        var call = new CallContext { Actor = job.Actor, CorrelationId = job.Id.ToString() };
        var next = ReadAsync(job, job.NextChunk, cancellationToken);
        for (var no = job.NextChunk; no < job.Chunks; no++)
        {
            var rows = await next;
            next = no + 1 < job.Chunks ? ReadAsync(job, no + 1, cancellationToken) : next;
            var results = await chunks.RunAsync(rows, call, rehearsed, cancellationToken);
            int Count(RowChange change) => results.Where(result => result.Effect?.Change == change).Sum(result => result.Row.Count);
            var counts = new ChunkCounts(
                rows.Sum(row => row.Row.Count), results.Where(result => result.Refusal is not null).Sum(result => result.Row.Count),
                Count(RowChange.Created), Count(RowChange.Updated), Count(RowChange.Unchanged));
            var faults = results.Where(result => result.Refusal is not null).Select(result => ImportFault.Of(result.Row, result.Sku, result.Refusal!)).ToList();
            if (!await jobs.AdvanceAsync(job.Id, no, counts, faults, cancellationToken))
            {
                return;
            }

            advanced();
        }
    }

    private async Task<IReadOnlyList<ReadRow>> ReadAsync(JobRow job, int no, CancellationToken cancellationToken)
    {
        var body = await jobs.ChunkAsync(job.Id, no, cancellationToken) ?? throw new InvalidOperationException($"Chunk {no} of job {job.Id} is gone.");
        return await Task.Run(() => ImportChunk.Read(ImportRow.ReadChunk(body, job.IsCsv)), cancellationToken);
    }

    [LoggerMessage(3001, LogLevel.Warning, "Import jobs cannot be looked for; trying again")]
    private static partial void CannotLook(ILogger logger, Exception fault);

    [LoggerMessage(3002, LogLevel.Warning, "A chunk of import job {Job} failed; trying again")]
    private static partial void ChunkFailed(ILogger logger, Exception fault, Guid job);
}
