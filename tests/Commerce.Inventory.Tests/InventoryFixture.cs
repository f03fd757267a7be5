using Commerce.Testing;

namespace Commerce.Inventory.Tests;

/// <summary>One database and one host for the tests of a class; each test takes SKUs of its own.</summary>
public sealed class InventoryFixture : IAsyncLifetime
{
    private TestDatabase? _database;
    private InventoryHost? _host;

    internal InventoryHost Host => _host!;

    internal string Postgres => _database!.ConnectionString;

    public async Task InitializeAsync()
    {
        _database = await InventoryHost.DatabaseAsync();
        _host = await InventoryHost.StartAsync(_database.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await _host!.DisposeAsync();
        await _database!.DisposeAsync();
    }
}
