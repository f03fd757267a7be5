using System.Collections;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Commerce.EventStore;
using Commerce.ReadModels;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Commerce.Web;

/// <summary>
/// The web server with the ready answers in front of the application. What a page from memory costs is mostly what is done around it for every request:
/// a context, an activity and a log scope, three measurements, a chain of middlewares. A plain request for a page that stands ready needs none of them;
/// it is counted here. Every other request reaches the application as it came.
/// </summary>
/// <remarks>
/// Plain is what no middleware would do anything about: no credentials, nothing that asks for compression, no page of another origin, and nobody traces.
/// An answer that cannot be found or fails before its first byte is left to the application, which knows what to say then.
/// </remarks>
internal sealed class ReadyServer : IServer
{
    /// <summary>One in so many is timed: enough to tell percentiles at the rates that matter, and the others cost a count.</summary>
    private const int Timed = 64;

    [ThreadStatic]
    private static int _turn;

    private readonly IServer _server;
    private readonly ReadyAnswers _answers;
    private readonly ActivitySource? _traces;
    private readonly StripedCount _sent = new();
    private readonly StripedCount _notModified = new();
    private readonly Histogram<double> _duration;

    /// <summary>Stands in front of a server.</summary>
    public ReadyServer(IServer server, ReadyAnswers answers, ActivitySource? traces, IMeterFactory meters)
    {
        _server = server;
        _answers = answers;
        _traces = traces;
        var meter = meters.Create(Telemetry.Name);
        _duration = meter.CreateHistogram<double>("commerce.ready.duration", "s", $"How long such a read takes until its answer is handed to the connection; one in {Timed} is timed.");
        meter.CreateObservableCounter(
            "commerce.ready.answers",
            () => new Measurement<long>[]
            {
                new(_sent.Sum(), new KeyValuePair<string, object?>("http.response.status_code", StatusCodes.Status200OK)),
                new(_notModified.Sum(), new KeyValuePair<string, object?>("http.response.status_code", StatusCodes.Status304NotModified)),
            },
            description: "Guests' reads that were answered before the application; they are not among http.server.request.duration.");
    }

    /// <inheritdoc />
    public IFeatureCollection Features => _server.Features;

    /// <inheritdoc />
    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull => _server.StartAsync(new ReadyApplication<TContext>(application, this), cancellationToken);

    /// <inheritdoc />
    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    /// <inheritdoc />
    public void Dispose() => _server.Dispose();

    private bool Knows(IHttpRequestFeature request, out ReadyAnswer answer)
    {
        if (_traces?.HasListeners() != true
            && _answers.Knows(request.Method, request.Path, request.Headers, out answer)
            && request.Headers.AcceptEncoding.Count == 0
            && request.Headers.Origin.Count == 0)
        {
            return true;
        }

        answer = default;
        return false;
    }

    // Drawn by each thread for itself; 0 is "not timed".
    private static long Started() => (++_turn & (Timed - 1)) == 0 ? Stopwatch.GetTimestamp() : 0;

    private Task SendAsync(IFeatureCollection features, CacheEntry entry, in ReadyAnswer answer, ProjectionLag lag, long started)
    {
        var sending = ReadyAnswers.SendAsync(features, entry, answer.Of, lag);
        (features.GetRequiredFeature<IHttpResponseFeature>().StatusCode == StatusCodes.Status200OK ? _sent : _notModified).Add();
        if (started != 0)
        {
            _duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        return sending;
    }

    private sealed class ReadyApplication<TContext>(IHttpApplication<TContext> application, ReadyServer server) : IHttpApplication<ReadyCall<TContext>>
        where TContext : notnull
    {
        public ReadyCall<TContext> CreateContext(IFeatureCollection contextFeatures)
        {
            // A connection keeps one for all its requests.
            if (contextFeatures is not IHostContextContainer<ReadyCall<TContext>> kept)
            {
                return new ReadyCall<TContext>(contextFeatures);
            }

            return kept.HostContext ??= new ReadyCall<TContext>(contextFeatures);
        }

        public Task ProcessRequestAsync(ReadyCall<TContext> context)
        {
            var request = context.Features.GetRequiredFeature<IHttpRequestFeature>();
            if (!server.Knows(request, out var answer))
            {
                return context.EnterAsync(application);
            }

            var started = Started();
            try
            {
                var query = request.QueryString.Length == 0 ? QueryCollection.Empty : new QueryFeature(context.Features).Query;
                var finding = server._answers.FindAsync(answer, query, out var lag);
                if (!finding.IsCompletedSuccessfully)
                {
                    return FinishAsync(context, answer, lag, finding, started);
                }

                if (finding.Result is { } entry)
                {
                    return server.SendAsync(context.Features, entry, answer, lag, started);
                }
            }
            catch (Exception) when (!HasStarted(context))
            {
                // The application meets the same fault and gives it its name.
            }

            return context.EnterAsync(application);
        }

        public void DisposeContext(ReadyCall<TContext> context, Exception? exception) => context.Leave(application, exception);

        private async Task FinishAsync(ReadyCall<TContext> context, ReadyAnswer answer, ProjectionLag lag, ValueTask<CacheEntry?> finding, long started)
        {
            try
            {
                if (await finding is { } entry)
                {
                    await server.SendAsync(context.Features, entry, answer, lag, started);
                    return;
                }
            }
            catch (Exception) when (!HasStarted(context))
            {
                // As above.
            }

            await context.EnterAsync(application);
        }

        private static bool HasStarted(ReadyCall<TContext> context) => context.Features.GetRequiredFeature<IHttpResponseFeature>().HasStarted;
    }

    /// <summary>
    /// One request's way: the server's features, and the application's context once the request goes on to it. The application keeps its own context
    /// for the next request of the connection, as it would without us in between.
    /// </summary>
    private sealed class ReadyCall<TContext>(IFeatureCollection features) : IFeatureCollection, IHostContextContainer<TContext>
        where TContext : notnull
    {
        private TContext? _context;
        private bool _entered;

        public IFeatureCollection Features => features;

        public TContext? HostContext { get; set; }

        public bool IsReadOnly => features.IsReadOnly;

        public int Revision => features.Revision;

        public object? this[Type key]
        {
            get => features[key];
            set => features[key] = value;
        }

        public TFeature? Get<TFeature>() => features.Get<TFeature>();

        public void Set<TFeature>(TFeature? instance) => features.Set(instance);

        public IEnumerator<KeyValuePair<Type, object>> GetEnumerator() => features.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => features.GetEnumerator();

        public Task EnterAsync(IHttpApplication<TContext> application)
        {
            _context = application.CreateContext(this);
            _entered = true;
            return application.ProcessRequestAsync(_context);
        }

        public void Leave(IHttpApplication<TContext> application, Exception? exception)
        {
            if (_entered)
            {
                application.DisposeContext(_context!, exception);
                _entered = false;
                _context = default;
            }
        }
    }
}
