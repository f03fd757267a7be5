using Commerce.EmbeddedPostgres;
using Npgsql;

namespace Commerce.Testing;

/// <summary>A database that one test has for itself.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly EmbeddedPostgresServer server;

    internal TestDatabase(EmbeddedPostgresServer server, string name)
    {
        this.server = server;
        Name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(server.ConnectionStringFor(name))
        {
            // Each test database has pools of its own, and they share one server's connections.
            MaxPoolSize = 20,
            ConnectionIdleLifetime = 10,
            ConnectionPruningInterval = 5,
        }.ConnectionString;
    }

    /// <summary>The database's name.</summary>
    public string Name { get; }

    /// <summary>Connects as the superuser.</summary>
    public string ConnectionString { get; }

    /// <summary>Drops the database, whoever is still connected.</summary>
    public async ValueTask DisposeAsync()
    {
        await using (var mine = new NpgsqlConnection(ConnectionString))
        {
            NpgsqlConnection.ClearPool(mine);
        }

        await TestPostgres.ExecuteAsync(server, $"drop database if exists {Name} with (force)", CancellationToken.None);
    }
}
