using System.Net;
using System.Net.Http.Headers;
using Commerce.Chaos.Servers;

namespace Commerce.Chaos.Load;

/// <summary>
/// What a careful caller does: one idempotency key for one wish, and the same request again, on whatever Host answers, until there is an outcome.
/// </summary>
internal sealed class ShopClient : IDisposable
{
    public const string StaffKey = "chaos-staff-key-with-every-scope";

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly HttpClient[] _hosts;
    private readonly Journal _journal;
    private int _next;

    public ShopClient(IEnumerable<HostProcess> hosts, Journal journal)
    {
        _journal = journal;
        _hosts = [.. hosts.Select(host => new HttpClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(10) })
        {
            BaseAddress = new Uri(host.Address, "api/v1/"),
            Timeout = TimeSpan.FromSeconds(12),
        })];
    }

    /// <summary>A write until it has its outcome.</summary>
    /// <returns>The outcome, or null when the time was over before there was one.</returns>
    public async Task<Answered?> WriteAsync(string path, string key, byte[] body, bool asStaff, CancellationToken deadline, string? guestToken = null, bool isRepeat = false)
    {
        for (var pause = TimeSpan.FromMilliseconds(20); !deadline.IsCancellationRequested; pause = Shorter(pause * 2))
        {
            if (await TryAsync(() => Request(HttpMethod.Post, path, asStaff, guestToken, key, body), deadline) is { } answer)
            {
                using (answer.Message)
                {
                    if (isRepeat && !answer.Message.Headers.Contains("Idempotent-Replayed"))
                    {
                        _journal.Violation($"POST {path}: the repeat of an answered request was carried out anew ({(int)answer.Message.StatusCode})");
                    }

                    return new Answered(path, key, body, asStaff, (int)answer.Message.StatusCode, answer.Body, Token(answer.Message));
                }
            }

            await PauseAsync(pause, deadline);
        }

        _journal.Unanswered.Add((path, key));
        return null;
    }

    /// <summary>A read until it is answered.</summary>
    public async Task<(HttpStatusCode Status, byte[] Body)?> ReadAsync(HttpMethod method, string path, CancellationToken deadline, string? guestToken = null, string? consistency = null, bool asStaff = false)
    {
        for (var pause = TimeSpan.FromMilliseconds(20); !deadline.IsCancellationRequested; pause = Shorter(pause * 2))
        {
            if (await TryAsync(() => Request(method, path, asStaff, guestToken, consistency: consistency), deadline) is { } answer)
            {
                using (answer.Message)
                {
                    return (answer.Message.StatusCode, answer.Body);
                }
            }

            await PauseAsync(pause, deadline);
        }

        return null;
    }

    public void Dispose() => Array.ForEach(_hosts, host => host.Dispose());

    private async Task<(HttpResponseMessage Message, byte[] Body)?> TryAsync(Func<HttpRequestMessage> make, CancellationToken deadline)
    {
        var host = _hosts[(uint)Interlocked.Increment(ref _next) % (uint)_hosts.Length];
        using var request = make();
        try
        {
            var message = await host.SendAsync(request, deadline);
            if ((int)message.StatusCode < 500 && message.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout))
            {
                return (message, await message.Content.ReadAsByteArrayAsync(deadline));
            }

            if (message.StatusCode != HttpStatusCode.ServiceUnavailable && message.StatusCode != HttpStatusCode.TooManyRequests)
            {
                var body = await message.Content.ReadAsStringAsync(deadline);
                _journal.Violation($"{request.Method} answered {(int)message.StatusCode} instead of 503");
                _journal.Write("unexpected", new { path = request.RequestUri!.ToString(), status = (int)message.StatusCode, body });
            }
            else if (message.Headers.RetryAfter is null && message.StatusCode == HttpStatusCode.ServiceUnavailable)
            {
                _journal.Write("no-retry-after", new { path = request.RequestUri!.ToString(), body = await message.Content.ReadAsStringAsync(deadline) });
            }

            message.Dispose();
        }
        catch (Exception away) when (away is HttpRequestException or IOException or OperationCanceledException)
        {
            // The Host was killed, is frozen or is starting; or our time is over, which the caller sees.
        }

        Interlocked.Increment(ref _journal.Retries);
        return null;
    }

    private static HttpRequestMessage Request(HttpMethod method, string path, bool asStaff, string? guestToken, string? key = null, byte[]? body = null, string? consistency = null)
    {
        var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        Add("Idempotency-Key", key);
        Add("X-Api-Key", asStaff ? StaffKey : null);
        Add("X-Guest-Token", guestToken);
        Add("X-Consistency-Token", consistency);
        return request;

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                request.Headers.Add(name, value);
            }
        }
    }

    private static TimeSpan Shorter(TimeSpan pause) => pause < LongestPause ? pause : LongestPause;

    private static async Task PauseAsync(TimeSpan pause, CancellationToken deadline) =>
        await Task.Delay(pause, deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static string? Token(HttpResponseMessage message) => message.Headers.TryGetValues("X-Consistency-Token", out var values) ? values.Single() : null;
}
