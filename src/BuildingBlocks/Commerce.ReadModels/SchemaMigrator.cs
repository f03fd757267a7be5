namespace Commerce.ReadModels;

internal sealed class SchemaMigrator : IDatabaseMigrator
{
    public Task MigrateAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
