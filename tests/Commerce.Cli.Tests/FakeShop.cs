using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Commerce.Cli.Tests;

/// <summary>
/// As much of the API as an import needs, in memory. It can go away and come back, loses answers after the work is done
/// (as a killed process does), and is busy now and then.
/// </summary>
internal sealed class FakeShop : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, byte[]> answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> stock = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, JsonElement> products = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> categories = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (int Rows, bool Lost)> jobs = new(StringComparer.Ordinal);
    private WebApplication? app;
    private int requests;
    private int jobsSeen;

    public Uri Address { get; private set; } = new("http://127.0.0.1:0/");

    public string? KeySeen { get; private set; }

    public int OrdersPlaced { get; private set; }

    public bool LosesAnswers { get; set; }

    public bool ForgetsFirstJob { get; set; }

    /// <summary>Jobs go on only while somebody watches them; the first to watch is cut off in the middle.</summary>
    public bool JobsAreWatched { get; set; }

    /// <summary>How often a job was watched.</summary>
    public int Watched { get; private set; }

    /// <summary>How often somebody asked how a job is.</summary>
    public int Asked { get; private set; }

    /// <summary>Called with the number of orders so far, after each.</summary>
    public Action<int> OnOrder { get; set; } = _ => { };

    public IReadOnlyDictionary<string, int> Stock => stock;

    public IReadOnlyDictionary<string, JsonElement> Products => products;

    public IReadOnlyDictionary<string, string> Categories => categories;

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, Address.Port);
        });
        app = builder.Build();
        app.Use(BeUnreliableAsync);
        app.MapPost("/api/v1/products/import", (Delegate)TakeRowsAsync);
        app.MapGet("/api/v1/jobs/{id}", Job);
        app.MapGet("/api/v1/jobs/{id}/stream", (Delegate)WatchAsync);
        app.MapPost("/api/v1/inventory/receipts", (HttpContext context) => OnceAsync(context, Receive));
        app.MapPost("/api/v1/orders", (HttpContext context) => OnceAsync(context, Place));
        app.MapGet("/api/v1/categories", () => Results.Json(
            new { items = categories.Select(category => new { slug = category.Key, id = category.Value }), nextCursor = (string?)null }));
        app.MapPost("/api/v1/categories", (HttpContext context) => OnceAsync(context, CreateCategory));
        app.MapGet("/api/v1/events/streams/{id:guid}", (Guid id, long? version, string? asOf) => version == 99
            ? Results.Problem("nothing", statusCode: 404)
            : Results.Json(new { streamType = "order", streamId = id, events = Array.Empty<object>(), version, asOf }));
        await app.StartAsync(CancellationToken.None);
        Address = new Uri(app.Urls.Single() + "/");
    }

    public async Task KillAsync()
    {
        // No time to finish: open requests are cut off.
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await app!.StopAsync(now.Token);
        await app.DisposeAsync();
    }

    public async ValueTask DisposeAsync() => await KillAsync();

    private async Task BeUnreliableAsync(HttpContext context, RequestDelegate next)
    {
        KeySeen = context.Request.Headers["X-Api-Key"];
        var number = Interlocked.Increment(ref requests);
        if (number % 11 == 0)
        {
            context.Response.StatusCode = number % 22 == 0 ? 503 : 429;
            context.Response.Headers.RetryAfter = "0";
            return;
        }

        await next(context);
    }

    private async Task<IResult> TakeRowsAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var rows = 0;
        while (await reader.ReadLineAsync(context.RequestAborted) is { } line)
        {
            var row = JsonSerializer.Deserialize<JsonElement>(line);
            products[row.GetProperty("variants")[0].GetProperty("sku").GetString()!] = row;
            rows++;
        }

        var job = $"job-{Interlocked.Increment(ref jobsSeen)}";
        jobs[job] = (rows, ForgetsFirstJob && jobsSeen == 1);
        return Results.Accepted(value: new { jobId = job });
    }

    private IResult Job(string id)
    {
        Asked++;
        return jobs.TryGetValue(id, out var job) && !job.Lost
            ? Results.Json(new { id, status = JobsAreWatched && Watched < 2 ? "running" : "completed", processed = JobsAreWatched && Watched < 2 ? 0 : job.Rows, total = job.Rows, failed = 0, errors = Array.Empty<object>() })
            : Results.NotFound();
    }

    private async Task WatchAsync(HttpContext context, string id)
    {
        if (!jobs.TryGetValue(id, out var job) || !JobsAreWatched)
        {
            context.Response.StatusCode = 404;
            return;
        }

        context.Response.ContentType = "text/event-stream";
        await context.Response.WriteAsync($"id: 1\nevent: progress\ndata: {{\"status\":\"running\",\"processed\":{job.Rows / 2},\"total\":{job.Rows}}}\n\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        if (++Watched == 1)
        {
            context.Abort();
            return;
        }

        await context.Response.WriteAsync($": still here\n\nid: 2\nevent: end\ndata: {{\"status\":\"completed\",\"processed\":{job.Rows},\"total\":{job.Rows}}}\n\n", context.RequestAborted);
    }

    private async Task OnceAsync(HttpContext context, Func<JsonElement, object> act)
    {
        var key = context.Request.Path + context.Request.Headers["Idempotency-Key"].ToString();
        var body = await JsonSerializer.DeserializeAsync<JsonElement>(
            context.Request.Body, cancellationToken: context.RequestAborted);
        byte[] answer;
        bool replayed;
        lock (answers)
        {
            replayed = answers.TryGetValue(key, out answer!);
            if (!replayed)
            {
                answers[key] = answer = JsonSerializer.SerializeToUtf8Bytes(act(body));
            }
        }

        if (LosesAnswers && !replayed && Random.Shared.Next(10) == 0)
        {
            context.Abort();
            return;
        }

        if (replayed)
        {
            context.Response.Headers["Idempotent-Replayed"] = "true";
        }

        context.Response.StatusCode = 201;
        await context.Response.Body.WriteAsync(answer, context.RequestAborted);
    }

    private object Receive(JsonElement body)
    {
        foreach (var line in body.GetProperty("lines").EnumerateArray())
        {
            stock.AddOrUpdate(
                line.GetProperty("sku").GetString()!, line.GetProperty("quantity").GetInt32(), (_, had) => had + line.GetProperty("quantity").GetInt32());
        }

        return new { ok = true };
    }

    private object Place(JsonElement body)
    {
        foreach (var line in body.GetProperty("lines").EnumerateArray())
        {
            stock.AddOrUpdate(line.GetProperty("sku").GetString()!, -1, (_, had) => had - 1);
        }

        OrdersPlaced++;
        OnOrder(OrdersPlaced);
        return new { number = OrdersPlaced };
    }

    private object CreateCategory(JsonElement body)
    {
        var slug = body.GetProperty("slug").GetString()!;
        categories[slug] = "id-of-" + slug + (body.TryGetProperty("parentId", out var parent) ? "-below-" + parent.GetString() : "");
        return new { id = categories[slug] };
    }
}
