using System.Net.Sockets;
using Commerce.Testing;
using Npgsql;

namespace Commerce.EmbeddedPostgres.Tests;

public sealed class TestServersTests
{
    [Fact]
    public async Task A_template_is_prepared_once_and_every_database_is_a_copy_of_its_own()
    {
        var prepared = 0;
        async Task PrepareAsync(string connectionString)
        {
            Interlocked.Increment(ref prepared);

            // Left open on purpose, as a migration with a pool would.
            var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("create table t (n int); insert into t values (1)", connection);
            await command.ExecuteNonQueryAsync();
        }

        var databases = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => TestPostgres.CreateDatabaseAsync("template-once", PrepareAsync)));

        prepared.ShouldBe(1);
        databases.Select(database => database.Name).Distinct().Count().ShouldBe(4);
        foreach (var database in databases)
        {
            await using var connection = new NpgsqlConnection(database.ConnectionString);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("update t set n = n + 1 returning n", connection);
            (await command.ExecuteScalarAsync()).ShouldBe(2);
            await database.DisposeAsync();
        }
    }

    [Fact]
    public async Task Sharers_of_redis_have_prefixes_of_their_own()
    {
        var (address, prefix) = await TestRedis.ShareAsync();
        var (sameAddress, otherPrefix) = await TestRedis.ShareAsync();

        sameAddress.ShouldBe(address);
        otherPrefix.ShouldNotBe(prefix);
    }

    [Fact]
    public async Task A_redis_of_ones_own_can_be_stopped_and_started_on_its_port()
    {
        await using var redis = await TestRedis.StartAsync();
        var port = redis.Port;
        await redis.FlushAsync();

        await redis.StopAsync();
        using (var client = new TcpClient())
        {
            await Should.ThrowAsync<SocketException>(() => client.ConnectAsync("127.0.0.1", port));
        }

        await redis.ResumeAsync();
        redis.Port.ShouldBe(port);
        await redis.FlushAsync();
    }
}
