using Commerce.ReadModels;
using Dapper;
using Npgsql;

namespace Commerce.Catalog.Importing;

/// <summary>A job as it stands.</summary>
internal sealed record JobRow(
    Guid Id, string Kind, string Actor, string Status, long Processed, long Total, long Failed, int Chunks, int NextChunk, bool CancelRequested, string? Error,
    DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt);

/// <summary>Jobs and their rows in PostgreSQL, where a kill of the Host cannot lose them.</summary>
internal sealed class ImportJobs(ModuleDatabase<CatalogDatabase> database, TimeProvider time)
{
    /// <summary>Faults kept of one job; more are only counted.</summary>
    public const int MaxFaults = 10_000;

    internal const string Insert = "insert into catalog.jobs (id, kind, actor, status, created_at) values (@id, 'import', @actor, 'receiving', @now)";
    internal const string InsertChunk = "insert into catalog.job_chunks (job_id, no, rows, body) values (@id, @no, @rows, @body)";
    internal const string Enqueue = "update catalog.jobs set status = 'queued', total = @total, chunks = @chunks where id = @id";
    internal const string Delete = "delete from catalog.jobs where id = @id";
    internal const string Select = "select id, kind, actor, status, processed, total, failed, chunks, next_chunk, cancel_requested, error, created_at, started_at, finished_at from catalog.jobs where id = @id";
    internal const string SelectFaults = "select row, sku, message, errors from catalog.job_errors where job_id = @id and row > @after order by row limit @limit";
    internal const string SelectOpen = "select id from catalog.jobs where status in ('queued', 'running') order by created_at limit 100";
    internal const string DeleteAbandoned = "delete from catalog.jobs where status = 'receiving' and created_at < @before";
    internal const string Start = "update catalog.jobs set status = 'running', started_at = coalesce(started_at, @now) where id = @id and status in ('queued', 'running')";
    internal const string SelectChunk = "select body from catalog.job_chunks where job_id = @id and no = @no";
    internal const string Advance = """
        update catalog.jobs set processed = processed + @rows, failed = failed + @failed, next_chunk = @no + 1
         where id = @id and next_chunk = @no and status = 'running' returning cancel_requested
        """;

    internal const string InsertFaults = """
        insert into catalog.job_errors (job_id, row, sku, message, errors)
        select @id, f.row, f.sku, f.message, f.errors from unnest(@rows::bigint[], @skus::text[], @messages::text[], @errors::text[]) as f (row, sku, message, errors)
         where (select count(*) from catalog.job_errors where job_id = @id) < @most on conflict do nothing
        """;

    internal const string Finish = "update catalog.jobs set status = @status, error = @error, finished_at = @now where id = @id and status in ('queued', 'running')";
    internal const string DropChunks = "delete from catalog.job_chunks where job_id = @id";
    internal const string Cancel = "update catalog.jobs set cancel_requested = true where id = @id and status in ('queued', 'running', 'receiving')";

    /// <summary>Opens a job that receives its rows.</summary>
    public Task OpenAsync(Guid id, string actor, CancellationToken cancellationToken) => ExecuteAsync(Insert, new { id, actor, now = time.GetUtcNow() }, cancellationToken);

    /// <summary>Keeps some rows.</summary>
    public Task AddChunkAsync(Guid id, int no, int rows, byte[] body, CancellationToken cancellationToken) => ExecuteAsync(InsertChunk, new { id, no, rows, body }, cancellationToken);

    /// <summary>All rows are there.</summary>
    public Task EnqueueAsync(Guid id, long total, int chunks, CancellationToken cancellationToken) => ExecuteAsync(Enqueue, new { id, total, chunks }, cancellationToken);

    /// <summary>The upload broke off.</summary>
    public Task DiscardAsync(Guid id, CancellationToken cancellationToken) => ExecuteAsync(Delete, new { id }, cancellationToken);

    /// <summary>The job, or null.</summary>
    public async Task<JobRow?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<JobRow>(new CommandDefinition(Select, new { id }, cancellationToken: cancellationToken));
    }

    /// <summary>Its faults after a row.</summary>
    public async Task<IReadOnlyList<ImportFault>> FaultsAsync(Guid id, long after, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return [.. await connection.QueryAsync<ImportFault>(new CommandDefinition(SelectFaults, new { id, after, limit }, cancellationToken: cancellationToken))];
    }

    /// <summary>Asks the job to end.</summary>
    public Task CancelAsync(Guid id, CancellationToken cancellationToken) => ExecuteAsync(Cancel, new { id }, cancellationToken);

    /// <summary>Jobs that wait or that a host left when it died.</summary>
    public async Task<IReadOnlyList<Guid>> OpenJobsAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return [.. await connection.QueryAsync<Guid>(new CommandDefinition(SelectOpen, cancellationToken: cancellationToken))];
    }

    /// <summary>Uploads whose host died can never go on.</summary>
    public Task DiscardAbandonedAsync(CancellationToken cancellationToken) => ExecuteAsync(DeleteAbandoned, new { before = time.GetUtcNow().AddDays(-1) }, cancellationToken);

    /// <summary>The job is under way.</summary>
    public Task StartAsync(Guid id, CancellationToken cancellationToken) => ExecuteAsync(Start, new { id, now = time.GetUtcNow() }, cancellationToken);

    /// <summary>A chunk's rows, or null.</summary>
    public async Task<byte[]?> ChunkAsync(Guid id, int no, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<byte[]>(new CommandDefinition(SelectChunk, new { id, no }, cancellationToken: cancellationToken));
    }

    /// <summary>A chunk is done: its count and its faults are kept together.</summary>
    /// <returns>Whether the job goes on: it was not cancelled meanwhile.</returns>
    public async Task<bool> AdvanceAsync(Guid id, int no, int rows, int failed, IReadOnlyList<ImportFault> faults, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var cancelled = await connection.ExecuteScalarAsync<bool?>(new CommandDefinition(Advance, new { id, no, rows, failed }, transaction, cancellationToken: cancellationToken));
        if (faults.Count > 0)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                InsertFaults,
                new
                {
                    id,
                    rows = faults.Select(fault => fault.Row).ToArray(),
                    skus = faults.Select(fault => fault.Sku).ToArray(),
                    messages = faults.Select(fault => fault.Message).ToArray(),
                    errors = faults.Select(fault => fault.Errors).ToArray(),
                    most = MaxFaults,
                },
                transaction,
                cancellationToken: cancellationToken));
        }

        await transaction.CommitAsync(cancellationToken);
        return cancelled == false;
    }

    /// <summary>The job has ended; its rows are not needed any more.</summary>
    public async Task FinishAsync(Guid id, string status, string? error, CancellationToken cancellationToken)
    {
        await ExecuteAsync(Finish, new { id, status, error, now = time.GetUtcNow() }, cancellationToken);
        await ExecuteAsync(DropChunks, new { id }, cancellationToken);
    }

    /// <summary>
    /// Makes this host the only one that works on a job; disposing gives it up. The lock is the connection's, so the database gives it up itself when the
    /// host dies, and another host or the next start goes on at once.
    /// </summary>
    /// <returns>Null when another host works on it.</returns>
    public async Task<IAsyncDisposable?> OwnAsync(Guid id, CancellationToken cancellationToken)
    {
        var connection = await database.OpenAsync(cancellationToken);
        var key = BitConverter.ToInt64(id.ToByteArray(), 8);
        if (await connection.ExecuteScalarAsync<bool>(new CommandDefinition("select pg_try_advisory_lock(@key)", new { key }, cancellationToken: cancellationToken)))
        {
            return new Ownership(connection, key);
        }

        await connection.DisposeAsync();
        return null;
    }

    private async Task ExecuteAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }

    private sealed class Ownership(NpgsqlConnection connection, long key) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            try
            {
                await connection.ExecuteAsync("select pg_advisory_unlock(@key)", new { key });
            }
            catch (NpgsqlException)
            {
                // The connection is gone, and the lock with it.
            }

            await connection.DisposeAsync();
        }
    }
}
