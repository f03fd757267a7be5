using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Commerce.EventStore.Tests;

/// <summary>The wire to the database breaks at the worst moments; every caller still learns the truth.</summary>
public sealed class LostAnswerTests : IAsyncLifetime
{
    private StoreDatabase _database = null!;

    public async Task InitializeAsync() => _database = await StoreDatabase.CreateAsync();

    public Task DisposeAsync() => _database.DisposeAsync().AsTask();

    [Fact]
    public async Task A_commit_whose_answer_was_lost_is_found_and_not_repeated()
    {
        await using var wire = new Wire(_database.ConnectionString);
        await using var host = await _database.StartHostAsync(options => options.RunSubscriptions = false, wire.ConnectionString);
        var id = Identifiers.Next();
        await host.CountAsync(id);

        for (var round = 0; round < 5; round++)
        {
            wire.SwallowNextAnswerThenBreak();
            (await host.CountAsync(id)).Value.ShouldBe(round + 2);
        }

        wire.Breaks.ShouldBe(5);
        (await _database.ScalarAsync<long>($"select count(*) from events.mt_events where stream_id = '{id}'")).ShouldBe(6);
    }

    [Fact]
    public async Task Killed_backends_lose_nothing_that_was_acknowledged()
    {
        await using var host = await _database.StartHostAsync();
        var id = Identifiers.Next();
        using var stop = new CancellationTokenSource();
        var killer = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await _database.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and query like '%commerce_append%'");
                await Task.Delay(15);
            }
        });

        var acknowledged = 0;
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                try
                {
                    if ((await host.CountAsync(id)).IsSuccess)
                    {
                        Interlocked.Increment(ref acknowledged);
                    }
                }
                catch (NpgsqlException)
                {
                    // Said to be unknown: it may or may not be there.
                }
            }
        })));
        await stop.CancelAsync();
        await killer;

        var stored = (await host.Session().AggregateStreamAsync<Counter>(id))!.Value;
        stored.ShouldBeGreaterThanOrEqualTo(acknowledged);
        stored.ShouldBeLessThanOrEqualTo(800);
        acknowledged.ShouldBeGreaterThan(400);
        await Eventually.TrueAsync(async () => await _database.ScalarAsync<long>("select count(*) from model.counter_log") == stored);
    }

    [Fact]
    public async Task A_database_that_stays_away_is_an_error_that_says_so()
    {
        await using var wire = new Wire(_database.ConnectionString);
        var host = await _database.StartHostAsync(options => options.RunSubscriptions = false, wire.ConnectionString);
        await host.CountAsync(Identifiers.Next());
        await wire.DisposeAsync();

        await Should.ThrowAsync<NpgsqlException>(() => host.CountAsync(Identifiers.Next()));
        await host.DisposeAsync();
    }

    /// <summary>A TCP relay in front of the database that can lose an answer.</summary>
    private sealed class Wire : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource _stop = new();
        private readonly NpgsqlConnectionStringBuilder _target;
        private int _swallow;

        public Wire(string connectionString)
        {
            _target = new NpgsqlConnectionStringBuilder(connectionString);
            _listener.Start();
            ConnectionString = new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = ((IPEndPoint)_listener.LocalEndpoint).Port, Timeout = 2 }.ConnectionString;
            _ = AcceptAsync();
        }

        public string ConnectionString { get; }

        public int Breaks { get; private set; }

        public void SwallowNextAnswerThenBreak() => Volatile.Write(ref _swallow, 1);

        public async ValueTask DisposeAsync()
        {
            if (!_stop.IsCancellationRequested)
            {
                await _stop.CancelAsync();
                _listener.Stop();
            }
        }

        private async Task AcceptAsync()
        {
            while (!_stop.IsCancellationRequested)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = RelayAsync(client);
            }
        }

        private async Task RelayAsync(TcpClient client)
        {
            using var near = client;
            using var far = new TcpClient();
            await far.ConnectAsync(_target.Host!, _target.Port, _stop.Token);
            var swallowing = false;
            var requests = PumpAsync(near.GetStream(), far.GetStream(), bytes =>
            {
                // Only a write is worth losing: an append carries this name, as a statement or as a prepared one's parameters.
                if (Volatile.Read(ref _swallow) == 1 && bytes.Span.IndexOf("counted"u8) >= 0)
                {
                    Volatile.Write(ref _swallow, 0);
                    swallowing = true;
                }

                return true;
            });
            var answers = PumpAsync(far.GetStream(), near.GetStream(), _ =>
            {
                if (swallowing)
                {
                    Breaks++;
                }

                return !swallowing;
            });
            await Task.WhenAny(requests, answers);
        }

        private async Task PumpAsync(NetworkStream from, NetworkStream to, Func<Memory<byte>, bool> passes)
        {
            var buffer = new byte[64 * 1024];
            try
            {
                while (true)
                {
                    var count = await from.ReadAsync(buffer, _stop.Token);
                    if (count == 0 || !passes(buffer.AsMemory(0, count)))
                    {
                        return;
                    }

                    await to.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // One end is gone; the relay closes both.
            }
        }
    }
}
