using Commerce.ReadModels;
using Dapper;
using Npgsql;

namespace Commerce.Catalog.Importing;

/// <summary>A job as it stands.</summary>
internal sealed record JobRow(
    Guid Id, string Kind, string Actor, string Status, long Processed, long Total, long Failed, int Chunks, int NextChunk, bool CancelRequested, string? Error,
    DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, string Format, bool DryRun, string? Header, string Delimiter, long Created, long Updated, long Unchanged)
{
    /// <summary>Whether its rows are CSV records.</summary>
    public bool IsCsv => Format == "csv";

    /// <summary>Whether it goes on.</summary>
    public bool IsOpen => Status is "receiving" or "queued" or "running";
}

/// <summary>Jobs and their rows in PostgreSQL, where a kill of the Host cannot lose them.</summary>
internal sealed class ImportJobs(ModuleDatabase<CatalogDatabase> database, TimeProvider time)
{
    /// <summary>Faults kept of one job; more are only counted.</summary>
    public const int MaxFaults = 100_000;

    internal const string Insert = """
        insert into catalog.jobs (id, kind, actor, status, created_at, format, dry_run, header, delimiter) values (@id, 'import', @actor, 'receiving', @now, @format, @dryRun, @header, @delimiter)
        """;
    internal const string InsertChunk = "insert into catalog.job_chunks (job_id, no, rows, body) values (@id, @no, @rows, @body)";
    internal const string Enqueue = "update catalog.jobs set status = 'queued', total = @total, chunks = @chunks where id = @id";
    internal const string Delete = "delete from catalog.jobs where id = @id";
    internal const string Select = "select id, kind, actor, status, processed, total, failed, chunks, next_chunk, cancel_requested, error, created_at, started_at, finished_at, format, dry_run, header, delimiter, created, updated, unchanged from catalog.jobs where id = @id";
    internal const string SelectFaults = "select row, sku, message, errors, null::bytea as payload from catalog.job_errors where job_id = @id and row > @after order by row limit @limit";
    internal const string SelectFailedRows = "select row, sku, message, errors, payload from catalog.job_errors where job_id = @id and row > @after order by row limit @limit";
    internal const string SelectOpen = "select id from catalog.jobs where status in ('queued', 'running') order by created_at limit 100";
    internal const string DeleteAbandoned = "delete from catalog.jobs where status = 'receiving' and created_at < @before";
    internal const string Start = "update catalog.jobs set status = 'running', started_at = coalesce(started_at, @now) where id = @id and status in ('queued', 'running')";
    internal const string SelectChunk = "select body from catalog.job_chunks where job_id = @id and no = @no";
    internal const string Advance = """
        update catalog.jobs set processed = processed + @rows, failed = failed + @failed, created = created + @created, updated = updated + @updated, unchanged = unchanged + @unchanged, next_chunk = @no + 1
         where id = @id and next_chunk = @no and status = 'running' returning cancel_requested
        """;

    internal const string InsertFaults = """
        insert into catalog.job_errors (job_id, row, sku, message, errors, payload)
        select @id, f.row, f.sku, f.message, f.errors, f.payload
          from unnest(@rows::bigint[], @skus::text[], @messages::text[], @errors::text[], @payloads::bytea[]) as f (row, sku, message, errors, payload)
         where (select count(*) from catalog.job_errors where job_id = @id) < @most on conflict do nothing
        """;

    internal const string Finish = "update catalog.jobs set status = @status, error = @error, finished_at = @now where id = @id and status in ('queued', 'running')";
    internal const string DropChunks = "delete from catalog.job_chunks where job_id = @id";
    internal const string Cancel = "update catalog.jobs set cancel_requested = true where id = @id and status in ('queued', 'running', 'receiving')";

    /// <summary>Opens a job that receives its rows.</summary>
    public Task OpenAsync(Guid id, string actor, ImportSettings settings, string? header, CancellationToken cancellationToken) => ExecuteAsync(
        Insert,
        new { id, actor, now = time.GetUtcNow(), format = settings.IsCsv ? "csv" : "ndjson", dryRun = settings.DryRun, header, delimiter = settings.Delimiter.ToString() },
        cancellationToken);

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
    public Task<IReadOnlyList<ImportFault>> FaultsAsync(Guid id, long after, int limit, CancellationToken cancellationToken) =>
        FaultsAsync(SelectFaults, id, after, limit, cancellationToken);

    /// <summary>Its faults after a row, with the rows as they came.</summary>
    public Task<IReadOnlyList<ImportFault>> FailedRowsAsync(Guid id, long after, int limit, CancellationToken cancellationToken) =>
        FaultsAsync(SelectFailedRows, id, after, limit, cancellationToken);

    private async Task<IReadOnlyList<ImportFault>> FaultsAsync(string sql, Guid id, long after, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return [.. await connection.QueryAsync<ImportFault>(new CommandDefinition(sql, new { id, after, limit }, cancellationToken: cancellationToken))];
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
    public async Task<bool> AdvanceAsync(Guid id, int no, ChunkCounts counts, IReadOnlyList<ImportFault> faults, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var cancelled = await connection.ExecuteScalarAsync<bool?>(new CommandDefinition(
            Advance, new { id, no, rows = counts.Rows, failed = counts.Failed, created = counts.Created, updated = counts.Updated, unchanged = counts.Unchanged }, transaction, cancellationToken: cancellationToken));
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
                    payloads = faults.Select(fault => fault.Payload).ToArray(),
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

/// <summary>What a chunk did, in rows of the file.</summary>
internal readonly record struct ChunkCounts(int Rows, int Failed, int Created, int Updated, int Unchanged);
