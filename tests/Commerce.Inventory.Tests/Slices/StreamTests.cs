using System.Net;
using System.Text.Json;
using static Commerce.Inventory.Tests.Http;

namespace Commerce.Inventory.Tests.Slices;

public sealed class StreamTests(InventoryFixture fixture) : IClassFixture<InventoryFixture>
{
    private readonly HttpClient _staff = fixture.Host.Client();
    private readonly HttpClient _guest = fixture.Host.Client(null);

    [Fact]
    public async Task It_begins_with_the_present_and_goes_on_with_every_change()
    {
        var (sku, other, never) = (NewSku(), NewSku(), NewSku());
        await _staff.ReceiveAsync(sku, 3);
        await using var stream = await StockStreamReader.OpenAsync(_guest, [sku, never]);
        var present = new[] { await stream.NextAsync(), await stream.NextAsync() };
        present.Select(e => (e.Sku, e.Available, e.Version)).ShouldBe([(sku, 3, 1), (never, 0, 0)], ignoreOrder: true);
        present.Count(e => e.Id is not null).ShouldBe(1);
        for (var i = 1; i <= 5; i++)
        {
            await _staff.ReceiveAsync(other, 1);
            await _staff.ReceiveAsync(sku, 1);
        }

        await _staff.ReceiveAsync(never, 9);
        for (var i = 1; i <= 5; i++)
        {
            var change = await stream.NextAsync();
            (change.Sku, change.Available, change.Version).ShouldBe((sku, 3 + i, 1 + i));
            change.Id.ShouldNotBeNull();
        }

        var last = await stream.NextAsync();
        (last.Sku, last.Available, last.Availability).ShouldBe((never, 9, "inStock"));
    }

    [Fact]
    public async Task A_listener_that_comes_back_misses_nothing_and_sees_nothing_twice()
    {
        var sku = NewSku();
        await _staff.ReceiveAsync(sku, 1);
        string? lastId = null;
        var versions = new List<long>();
        for (var round = 0; round < 4; round++)
        {
            await using (var stream = await StockStreamReader.OpenAsync(_guest, [sku], lastId))
            {
                if (lastId is null)
                {
                    // A new listener is first told how things stand; what happens before that is told is part of it.
                    var start = await stream.NextAsync();
                    versions.Add(start.Version);
                    lastId = start.Id ?? lastId;
                }

                for (var i = 0; i < 3; i++)
                {
                    await _staff.ReceiveAsync(sku, 1);
                }

                // Leaves in the middle of what there is.
                for (var i = 0; i < 2; i++)
                {
                    var change = await stream.NextAsync();
                    versions.Add(change.Version);
                    lastId = change.Id ?? lastId;
                }
            }

            await _staff.ReceiveAsync(sku, 1);
        }

        await using var rest = await StockStreamReader.OpenAsync(_guest, [sku], lastId);
        while (versions[^1] < 17)
        {
            versions.Add((await rest.NextAsync()).Version);
        }

        versions.ShouldBe(Enumerable.Range(1, 17).Select(v => (long)v));
    }

    [Fact]
    public async Task Changes_of_another_host_come_too()
    {
        await using var other = await InventoryHost.StartAsync(fixture.Postgres);
        var sku = NewSku();
        await using var stream = await StockStreamReader.OpenAsync(_guest, [sku]);
        (await stream.NextAsync()).Version.ShouldBe(0);
        for (var i = 1; i <= 3; i++)
        {
            await other.Client().ReceiveAsync(sku, 1);
            (await stream.NextAsync()).Version.ShouldBe(i);
        }
    }

    [Fact]
    public async Task Many_listeners_see_all_of_many_writers_changes()
    {
        var skus = Enumerable.Range(0, 4).Select(_ => NewSku()).ToArray();
        var listeners = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => StockStreamReader.OpenAsync(_guest, [skus[i % 4]])));
        var writers = Enumerable.Range(0, 100).Select(i => _staff.ReceiveAsync(skus[i % 4], 1));
        var seen = listeners.Select(async listener =>
        {
            var versions = new List<long>();
            while (versions.Count == 0 || versions[^1] < 25)
            {
                versions.Add((await listener.NextAsync()).Version);
            }

            return versions;
        });
        await Task.WhenAll(writers);
        foreach (var versions in await Task.WhenAll(seen))
        {
            // The present may already be some versions on; from there every one comes, once.
            versions.ShouldBe(Enumerable.Range((int)versions[0], 26 - (int)versions[0]).Select(v => (long)v));
        }

        foreach (var listener in listeners)
        {
            await listener.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_malformed_request_is_refused()
    {
        (await _guest.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "inventory/stream")).ShouldBeInvalid("sku");
        (await _guest.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "inventory/stream?sku=")).ShouldBeInvalid("sku");
        var many = string.Join('&', Enumerable.Range(0, 101).Select(i => $"sku=S{i}"));
        (await _guest.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Get, $"inventory/stream?{many}")).ShouldBeInvalid("sku");
        (await _guest.SendAsync(HttpStatusCode.BadRequest, HttpMethod.Get, "inventory/stream?sku=A", null, ("Last-Event-ID", "x"))).ShouldBeInvalid("Last-Event-ID");
    }
}

/// <summary>Reads Server-Sent Events as a browser does.</summary>
internal sealed class StockStreamReader(HttpResponseMessage response, StreamReader lines) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task<StockStreamReader> OpenAsync(HttpClient client, string[] skus, string? lastId = null, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"inventory/stream?{string.Join('&', skus.Select(sku => $"sku={sku}"))}");
        if (lastId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastId);
        }

        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        return new StockStreamReader(response, new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken)));
    }

    public async Task<Change> NextAsync(CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        string? id = null, data = null;
        while (await lines.ReadLineAsync(patience.Token) is { } line)
        {
            if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                id = line[4..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                data = line[6..];
            }
            else if (line.Length == 0 && data is not null)
            {
                var json = JsonSerializer.Deserialize<JsonElement>(data);
                return new Change(id, json.Text("sku")!, json.Int("available"), json.Text("availability")!, json.Int("version"));
            }
        }

        throw new EndOfStreamException();
    }

    public ValueTask DisposeAsync()
    {
        lines.Dispose();
        response.Dispose();
        return ValueTask.CompletedTask;
    }

    internal sealed record Change(string? Id, string Sku, int Available, string Availability, long Version);
}
