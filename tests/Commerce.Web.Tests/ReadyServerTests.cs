using System.Diagnostics;
using System.Diagnostics.Metrics;
using Commerce.EventStore;
using Commerce.ReadModels;
using Microsoft.AspNetCore.Http;

namespace Commerce.Web.Tests;

/// <summary>What stands ready is answered in front of the application, everything else by the application, and a caller cannot tell which.</summary>
public sealed class ReadyServerTests(NoteShop shop) : IClassFixture<NoteShop>
{
    [Theory]
    [InlineData("at-once")]
    [InlineData("later")]
    public async Task A_plain_request_is_answered_in_front_of_the_application(string word)
    {
        using var counted = new InFront();
        shop.Progress.Lag = new ProjectionLag(3, TimeSpan.FromMilliseconds(45));

        var answer = await shop.Client.GetAnswerAsync($"/api/v1/ready/{word}?colour=red");

        counted.Sent.ShouldBe(1);
        answer.Status.ShouldBe(200);
        answer.Text.ShouldBe($$"""{"ready":"{{word}}?colour=red"}""");
        answer.Header("ETag").ShouldBe("\"7-ready\"");
        answer.Header("Cache-Control").ShouldBe("public, no-cache");
        answer.Header("X-Projection-Lag").ShouldBe("3;age=45");
        answer.Header("X-Content-Type-Options").ShouldBe("nosniff");
        answer.Header("Content-Type").ShouldBe("application/json; charset=utf-8");
        answer.Header("Content-Length").ShouldBe(answer.Bytes.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("\"7-ready\"", 304)]
    [InlineData("W/\"7-ready\"", 304)]
    [InlineData("\"6-ready\"", 200)]
    public async Task Who_has_the_bytes_gets_a_304(string tag, int status)
    {
        using var counted = new InFront();

        var answer = await shop.Client.GetAnswerAsync("/api/v1/ready/at-once", ("If-None-Match", tag));

        answer.Status.ShouldBe(status);
        answer.Header("ETag").ShouldBe("\"7-ready\"");
        answer.Bytes.Length.ShouldBe(status == 304 ? 0 : """{"ready":"at-once"}""".Length);
        (counted.Sent, counted.NotModified).ShouldBe(status == 304 ? (0, 1) : (1, 0));
    }

    [Theory]
    [InlineData("Origin", "https://front.example")]
    [InlineData("Accept-Encoding", "br")]
    public async Task What_the_pipeline_has_to_do_something_about_is_answered_within_it(string header, string value)
    {
        using var counted = new InFront();

        var answer = await shop.Client.GetAnswerAsync("/api/v1/ready/at-once", (header, value));

        counted.Sent.ShouldBe(0);
        answer.Status.ShouldBe(200);
        answer.Header("ETag").ShouldBe("\"7-ready\"");
        answer.Header("X-Content-Type-Options").ShouldBe("nosniff");
    }

    [Theory]
    [InlineData("Authorization", "Bearer none")]
    [InlineData("X-Api-Key", "none")]
    [InlineData("X-Consistency-Token", "0-0")]
    [InlineData("X-Guest-Token", "secret")]
    public async Task Who_says_who_they_are_or_what_they_have_seen_reaches_the_slice(string header, string value)
    {
        using var counted = new InFront();

        var answer = await shop.Client.GetAnswerAsync("/api/v1/ready/at-once", (header, value));

        counted.Sent.ShouldBe(0);
        answer.Header("ETag").ShouldNotBe("\"7-ready\"");
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("nothing-later")]
    [InlineData("fault")]
    [InlineData("fault-later")]
    public async Task What_is_not_found_or_fails_is_left_to_the_application(string word)
    {
        using var counted = new InFront();

        var answer = await shop.Client.GetAnswerAsync($"/api/v1/ready/{word}");

        counted.Sent.ShouldBe(0);
        answer.Status.ShouldBe(word.StartsWith("fault", StringComparison.Ordinal) ? 500 : 200);
        answer.Text.ShouldContain(word.StartsWith("fault", StringComparison.Ordinal) ? "traceId" : "slice");
    }

    [Fact]
    public async Task A_connection_serves_both_in_any_order()
    {
        using var one = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 }) { BaseAddress = shop.Client.BaseAddress };
        for (var i = 0; i < 20; i++)
        {
            (await one.GetAnswerAsync("/api/v1/ready/at-once")).Text.ShouldContain("at-once");
            (await one.PostAsync("/api/v1/notes", $$"""{"text":"note {{i}}"}""")).Status.ShouldBe(201);
            (await one.GetAnswerAsync("/api/v1/ready/later")).Text.ShouldContain("later");
            (await one.GetAnswerAsync("/nowhere")).Problem().ShouldNotBeEmpty();
        }
    }

    [Fact]
    public async Task Who_traces_sees_every_request()
    {
        using var counted = new InFront();
        var seen = 0;
        using (var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = _ => Interlocked.Increment(ref seen),
        })
        {
            ActivitySource.AddActivityListener(listener);
            (await shop.Client.GetAnswerAsync("/api/v1/ready/at-once")).Status.ShouldBe(200);
        }

        counted.Sent.ShouldBe(0);
        seen.ShouldBeGreaterThan(0);
    }

    /// <summary>What was answered in front of the application since its making.</summary>
    private sealed class InFront : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly Dictionary<int, long> _before;
        private Dictionary<int, long> _now = [];

        public InFront()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "commerce.ready.answers")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            };
            _listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
            {
                var status = (int)tags[0].Value!;
                _now[status] = _now.GetValueOrDefault(status) + value;
            });
            _listener.Start();
            _before = Look();
        }

        public long Sent => Look().GetValueOrDefault(200) - _before.GetValueOrDefault(200);

        public long NotModified => Look().GetValueOrDefault(304) - _before.GetValueOrDefault(304);

        public void Dispose() => _listener.Dispose();

        private Dictionary<int, long> Look()
        {
            _now = [];
            _listener.RecordObservableInstruments();
            return _now;
        }
    }
}

/// <summary>An answer for every word; some come late, are missing or fail.</summary>
internal sealed class ReadyWord : IReadyAnswer
{
    public string Prefix => "/ready/";

    public string CacheControl => "public, no-cache";

    public IReadOnlyCollection<string> ReadsFrom { get; } = ["Words"];

    public ValueTask<CacheEntry?> FindAsync(ReadOnlySpan<char> rest, IQueryCollection query)
    {
        var word = rest.ToString();
        var text = word + string.Concat(query.Select(pair => $"?{pair.Key}={pair.Value}"));
        var entry = new CacheEntry(System.Text.Encoding.UTF8.GetBytes($$"""{"ready":"{{text}}"}"""), "\"7-ready\"", EventPosition.Start);
        return word switch
        {
            "nothing" => default,
            "nothing-later" => LaterAsync(null),
            "fault" => throw new InvalidOperationException("It failed."),
            "fault-later" => FailAsync(),
            "later" => LaterAsync(entry),
            _ => ValueTask.FromResult<CacheEntry?>(entry),
        };
    }

    private static async ValueTask<CacheEntry?> LaterAsync(CacheEntry? entry)
    {
        await Task.Yield();
        return entry;
    }

    private static async ValueTask<CacheEntry?> FailAsync()
    {
        await Task.Yield();
        throw new InvalidOperationException("It failed.");
    }
}
