using Npgsql;

namespace Commerce.ReadModels;

/// <summary>
/// A module's door to PostgreSQL: one small pool under the module's own role, which has rights on the module's own schema alone. A statement on another
/// module's table ends in SQLSTATE 42501.
/// </summary>
/// <typeparam name="TModule">Any type of the module's assembly, the marker it was registered with.</typeparam>
public sealed class ModuleDatabase<TModule> : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    internal ModuleDatabase(ModuleSchema schema, NpgsqlDataSource source)
    {
        Schema = schema.Name;
        Role = schema.Role;
        _source = source;
    }

    /// <summary>The module's schema.</summary>
    public string Schema { get; }

    /// <summary>The module's role, for <see cref="EventStore.ISubscription.Role"/>.</summary>
    public string Role { get; }

    /// <summary>An open connection from the module's pool; dispose it to give it back.</summary>
    /// <exception cref="NpgsqlException">The database is away.</exception>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => _source.OpenConnectionAsync(cancellationToken);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
