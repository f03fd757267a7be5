using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Commerce.Cli.Import;

/// <summary>
/// The HTTP API of a running Host, which may go away and come back: a request is repeated with growing pauses while
/// nobody answers, or while the answer is that the Host is busy or its database away. Only repeatable requests may be
/// sent through it (reads, upserts, and posts with an idempotency key).
/// </summary>
internal sealed class ShopConnection : IDisposable
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    // A stream of events gives a sign of life more often than that.
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(45);

    private readonly HttpClient client;
    private readonly Func<(Uri Address, string? ApiKey)> locate;
    private readonly TimeSpan patience;
    private (Uri Address, string? ApiKey) host;
    private int away;

    public ShopConnection(Func<(Uri Address, string? ApiKey)> locate, int connections, TimeSpan patience)
    {
        this.locate = locate;
        this.patience = patience;
        host = locate();
        client = new HttpClient(new SocketsHttpHandler
        {
            MaxConnectionsPerServer = connections,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            UseProxy = false,
            UseCookies = false,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Told when the Host goes away and when it is back.</summary>
    public Action<string> Note { get; set; } = _ => { };

    /// <summary>How often a request was repeated.</summary>
    public long Repeats => Interlocked.Read(ref repeats);

    private long repeats;

    /// <summary>Sends a request until it is answered for good; <paramref name="create"/> makes each try anew.</summary>
    public async Task<ShopAnswer> SendAsync(
        Func<HttpRequestMessage> create, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        for (var attempt = 0; ; attempt++)
        {
            string trouble;
            var pause = Pause(attempt);
            try
            {
                using var request = create();
                request.RequestUri = new Uri(host.Address, request.RequestUri!);
                if (host.ApiKey is { } key)
                {
                    request.Headers.TryAddWithoutValidation("X-Api-Key", key);
                }

                using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                limit.CancelAfter(timeout);
                using var response = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead, limit.Token);
                var body = await response.Content.ReadAsByteArrayAsync(limit.Token);
                if (!IsPassing(response.StatusCode))
                {
                    if (Interlocked.Exchange(ref away, 0) == 1)
                    {
                        Note("the Host answers again");
                    }

                    var replayed = response.Headers.TryGetValues("Idempotent-Replayed", out var values) && values.Contains("true");
                    return new ShopAnswer(response.StatusCode, body, replayed);
                }

                trouble = $"the Host answers {(int)response.StatusCode}";
                pause = Longer(pause, response.Headers.RetryAfter);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                trouble = "the Host does not answer";
            }

            if (waited.Elapsed > patience)
            {
                throw new ImportException($"{trouble} for {patience.TotalMinutes:0} minutes; start it and run the import again: it goes on where it was.");
            }

            if (Interlocked.Exchange(ref away, 1) == 0)
            {
                Note(trouble + "; trying on");
            }

            Interlocked.Increment(ref repeats);
            await Task.Delay(pause, cancellationToken);

            // A Host that was started again may have another port, and another key where it makes its own.
            host = locate();
        }
    }

    /// <summary>Hears the Server-Sent Events of an address until they end or the connection breaks; who wants to know why asks.</summary>
    public async Task ListenAsync(string path, Action<JsonElement> told, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(host.Address, path));
            request.Headers.Accept.ParseAdd("text/event-stream");
            if (host.ApiKey is { } key)
            {
                request.Headers.TryAddWithoutValidation("X-Api-Key", key);
            }

            limit.CancelAfter(LongestSilence);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                return;
            }

            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(limit.Token));
            while (await reader.ReadLineAsync(limit.Token) is { } line)
            {
                limit.CancelAfter(LongestSilence);
                if (line.StartsWith("data: ", StringComparison.Ordinal))
                {
                    told(JsonSerializer.Deserialize<JsonElement>(line.AsSpan(6)));
                }
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or JsonException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The Host went away, or says nothing any more: the next question tells which.
        }
    }

    public void Dispose() => client.Dispose();

    private static bool IsPassing(HttpStatusCode status) =>
        status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
            or HttpStatusCode.GatewayTimeout or HttpStatusCode.RequestTimeout;

    // Half of the pause is chance, so that many waiting requests do not come back as one wave.
    private static TimeSpan Pause(int attempt)
    {
        var whole = Math.Min(LongestPause.TotalMilliseconds, 100 * Math.Pow(2, Math.Min(attempt, 10)));
        return TimeSpan.FromMilliseconds((whole / 2) + (Random.Shared.NextDouble() * whole / 2));
    }

    private static TimeSpan Longer(TimeSpan pause, RetryConditionHeaderValue? retryAfter) =>
        retryAfter?.Delta is { } asked && asked > pause ? (asked < LongestPause ? asked : LongestPause) : pause;
}
