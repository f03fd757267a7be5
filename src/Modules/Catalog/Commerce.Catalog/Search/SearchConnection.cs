using Commerce.ReadModels;
using Npgsql;

namespace Commerce.Catalog.Search;

/// <summary>The database for one search, opened when something is not remembered: most searches never need it.</summary>
internal sealed class SearchConnection(ModuleDatabase<CatalogDatabase>? database) : IAsyncDisposable
{
    private NpgsqlConnection? _connection;

    /// <summary>Without a database, for what needs none.</summary>
    public static SearchConnection None => new(null);

    /// <summary>The open connection.</summary>
    public async ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) =>
        _connection ??= await (database ?? throw new InvalidOperationException("There is no database here.")).OpenAsync(cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? ValueTask.CompletedTask;
}
