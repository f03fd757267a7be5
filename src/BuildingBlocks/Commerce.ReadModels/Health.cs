using Commerce.EventStore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Commerce.ReadModels;

/// <summary>Whether the event store's role gets an answer from PostgreSQL.</summary>
internal sealed class DatabaseHealth(EventStoreDataSource source) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            await using var connection = await source.Source.OpenConnectionAsync(limit.Token);
            await using var command = new NpgsqlCommand("select 1", connection);
            await command.ExecuteScalarAsync(limit.Token);
            return HealthCheckResult.Healthy("PostgreSQL answers.");
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new HealthCheckResult(context.Registration.FailureStatus, "PostgreSQL does not answer.", exception);
        }
    }
}

/// <summary>Whether Redis answers. The shop goes on without it, so it is never more than degraded.</summary>
internal sealed class RedisHealth(RedisLevel redis) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(redis.Usable
            ? HealthCheckResult.Healthy("Redis answers.")
            : new HealthCheckResult(context.Registration.FailureStatus, "Redis does not answer; answers come from memory and the read models."));
}

/// <summary>Whether this host hears of other hosts' writes in time.</summary>
internal sealed class CacheHealth(CacheTail tail, ReadModelCache cache, IOptions<CacheOptions> options, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(5);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(!options.Value.Enabled || cache.Handles.Count == 0
            ? HealthCheckResult.Healthy("Nothing is cached that events drop.")
            : tail.HeardAt is { } heard && time.GetUtcNow() - heard < Late
                ? HealthCheckResult.Healthy("Cached answers follow the event log.")
                : new HealthCheckResult(context.Registration.FailureStatus, "The event log has not been read for a while: cached answers may be old."));
}
