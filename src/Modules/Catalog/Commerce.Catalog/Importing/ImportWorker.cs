using Commerce.EventStore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Catalog.Importing;

/// <summary>
/// Works import jobs off, one at a time on each host. A job's place is kept with every chunk; whoever goes on after a kill does the open chunk again, which
/// changes nothing where it had been done.
/// </summary>
internal sealed partial class ImportWorker(ImportJobs jobs, ImportChunk chunks, ImportSignal signal, TimeProvider time, ILogger<ImportWorker> logger) : BackgroundService
{
    private const int Patience = 10;

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
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

                await RunChunkAsync(job, cancellationToken);
                faults = 0;
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

    private async Task RunChunkAsync(JobRow job, CancellationToken cancellationToken)
    {
        var body = await jobs.ChunkAsync(job.Id, job.NextChunk, cancellationToken)
            ?? throw new InvalidOperationException($"Chunk {job.NextChunk} of job {job.Id} is gone.");
        var rows = ImportRow.ReadChunk(body);
        var call = new CallContext { Actor = job.Actor, CorrelationId = job.Id.ToString() };
        var faults = await chunks.RunAsync(rows, call, cancellationToken);
        var failed = faults.Select(fault => fault.Row).ToHashSet();
        await jobs.AdvanceAsync(job.Id, job.NextChunk, rows.Sum(row => row.Count), rows.Where(row => failed.Contains(row.Number)).Sum(row => row.Count), faults, cancellationToken);
    }

    [LoggerMessage(3001, LogLevel.Warning, "Import jobs cannot be looked for; trying again")]
    private static partial void CannotLook(ILogger logger, Exception fault);

    [LoggerMessage(3002, LogLevel.Warning, "A chunk of import job {Job} failed; trying again")]
    private static partial void ChunkFailed(ILogger logger, Exception fault, Guid job);
}
