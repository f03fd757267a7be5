using Commerce.EventStore;
using Commerce.ReadModels;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Commerce.Web;

/// <summary>Finds the finished answer of a guest's GET, as the slice at the same address would give it.</summary>
public interface IReadyAnswer
{
    /// <summary>What the address begins with below the API's base path, such as <c>/products/</c>.</summary>
    string Prefix { get; }

    /// <summary>The <c>Cache-Control</c> of the answer.</summary>
    string CacheControl { get; }

    /// <summary>The asynchronous projections that the answer is read from.</summary>
    IReadOnlyCollection<string> ReadsFrom { get; }

    /// <summary>The answer, or null when this is a case for the slice: another address, a parameter that is not plain, nothing found.</summary>
    /// <param name="rest">The address behind the prefix.</param>
    /// <param name="query">The query; empty for most.</param>
    ValueTask<CacheEntry?> FindAsync(ReadOnlySpan<char> rest, IQueryCollection query);
}

/// <summary>
/// The calls that are most of a shop's traffic: a guest opens a page that stands ready in the cache. Whether a caller may, what the answer waits for and
/// what is recorded of it needs no routing, no identity and no scope here, because whoever sends credentials, a token, a guest's secret or any parameter
/// that the page does not know takes the long way. A page from memory costs less than counting its caller, so it is not rate-limited.
/// </summary>
internal sealed class ReadyAnswers
{
    private readonly IProjectionProgress _progress;
    private readonly (string Prefix, IReadyAnswer Answer)[] _answers;

    /// <summary>The answers of all modules.</summary>
    /// <param name="answers">What stands ready.</param>
    /// <param name="progress">Tells the lag.</param>
    /// <param name="basePath">The path that the modules' routes are relative to.</param>
    public ReadyAnswers(IEnumerable<IReadyAnswer> answers, IProjectionProgress progress, string basePath)
    {
        _progress = progress;
        _answers = [.. answers.Select(answer => (basePath + answer.Prefix, answer))];
    }

    /// <summary>Whether a request may be answered without being looked at any closer.</summary>
    public bool Knows(string method, string path, IHeaderDictionary headers, out ReadyAnswer answer)
    {
        if (HttpMethods.IsGet(method))
        {
            foreach (var (prefix, ready) in _answers)
            {
                if (path.StartsWith(prefix, StringComparison.Ordinal) && IsPlain(headers))
                {
                    answer = new ReadyAnswer(ready, prefix.Length, path);
                    return true;
                }
            }
        }

        answer = default;
        return false;
    }

    /// <summary>Begins to look for an answer.</summary>
    public ValueTask<CacheEntry?> FindAsync(in ReadyAnswer answer, IQueryCollection query, out ProjectionLag lag)
    {
        // Taken before the read: what is read after it is at least that fresh.
        lag = answer.Of.ReadsFrom.Count == 0 ? default : _progress.LagOf(answer.Of.ReadsFrom);
        return answer.Of.FindAsync(answer.Path.AsSpan(answer.PrefixLength), query);
    }

    /// <summary>Sends an answer that was found.</summary>
    public static Task SendAsync(IFeatureCollection features, CacheEntry entry, IReadyAnswer answer, ProjectionLag lag)
    {
        var response = features.GetRequiredFeature<IHttpResponseFeature>();
        var headers = response.Headers;
        var tag = EntityTags.Quoted(entry.ETag);
        headers.ETag = tag;
        headers.CacheControl = answer.CacheControl;
        headers.XContentTypeOptions = WebHeaders.NoSniff;
        headers[WebHeaders.ProjectionLag] = LagText.Of(lag);
        if (features.GetRequiredFeature<IHttpRequestFeature>().Headers.IfNoneMatch is { Count: > 0 } known && EntityTags.Matches(known, tag))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        headers.ContentType = Reply.Json;
        headers.ContentLength = entry.Body.Length;

        // Ends by itself when the caller is gone.
        var sending = features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.WriteAsync(entry.Body, CancellationToken.None);
        return sending.IsCompletedSuccessfully ? Task.CompletedTask : sending.AsTask();
    }

    private static bool IsPlain(IHeaderDictionary headers) =>
        headers.Authorization.Count == 0
        && !headers.ContainsKey(WebHeaders.ApiKey)
        && !headers.ContainsKey(WebHeaders.ConsistencyToken)
        && !headers.ContainsKey(WebHeaders.GuestToken);
}

/// <summary>A request that may be answered at once.</summary>
/// <param name="Of">Who may know the answer.</param>
/// <param name="PrefixLength">Where the address goes on behind the prefix.</param>
/// <param name="Path">The address.</param>
internal readonly record struct ReadyAnswer(IReadyAnswer Of, int PrefixLength, string Path);

/// <summary>
/// The ready answers within the pipeline, for callers whose answer is compressed, is meant for a page of another origin or is traced: before routing, behind
/// what does these things. The others do not get this far, see <see cref="ReadyServer"/>.
/// </summary>
internal sealed class ReadyAnswersMiddleware(RequestDelegate next, ReadyAnswers answers)
{
    public Task InvokeAsync(HttpContext context) =>
        answers.Knows(context.Request.Method, context.Request.Path.Value ?? "", context.Request.Headers, out var answer) ? AnswerAsync(context, answer) : next(context);

    private async Task AnswerAsync(HttpContext context, ReadyAnswer answer)
    {
        var query = context.Request.QueryString.HasValue ? context.Request.Query : QueryCollection.Empty;
        if (await answers.FindAsync(answer, query, out var lag) is { } entry)
        {
            await ReadyAnswers.SendAsync(context.Features, entry, answer.Of, lag);
        }
        else
        {
            await next(context);
        }
    }
}

/// <summary>The value of <c>X-Projection-Lag</c>.</summary>
internal static class LagText
{
    private const string None = "0;age=0";

    public static string Of(ProjectionLag lag) =>
        lag == default ? None : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{lag.Events};age={(long)lag.Age.TotalMilliseconds}");
}
