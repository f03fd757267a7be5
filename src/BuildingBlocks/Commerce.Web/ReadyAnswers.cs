using Commerce.EventStore;
using Commerce.ReadModels;
using Microsoft.AspNetCore.Http;

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
    /// <param name="cancellationToken">The request's end.</param>
    ValueTask<CacheEntry?> FindAsync(string rest, IQueryCollection query, CancellationToken cancellationToken);
}

/// <summary>
/// A short way for the calls that are most of a shop's traffic: a guest opens a page that stands ready in the cache. Whether a caller may, what the answer
/// waits for and what is recorded of it needs no routing, no identity and no scope here, because whoever sends credentials, a token, a guest's secret or
/// any parameter that the page does not know takes the long way. A page from memory costs less than counting its caller, so it is not rate-limited.
/// </summary>
internal sealed class ReadyAnswersMiddleware
{
    private readonly RequestDelegate _next;
    private readonly IProjectionProgress _progress;
    private readonly (string Prefix, IReadyAnswer Answer)[] _answers;

    public ReadyAnswersMiddleware(RequestDelegate next, IEnumerable<IReadyAnswer> answers, IProjectionProgress progress, string basePath)
    {
        _next = next;
        _progress = progress;
        _answers = [.. answers.Select(answer => (basePath + answer.Prefix, answer))];
    }

    public Task InvokeAsync(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method) && context.Request.Path.Value is { } path)
        {
            foreach (var (prefix, answer) in _answers)
            {
                if (path.StartsWith(prefix, StringComparison.Ordinal) && IsPlain(context.Request.Headers))
                {
                    return AnswerAsync(context, answer, path[prefix.Length..]);
                }
            }
        }

        return _next(context);
    }

    private static bool IsPlain(IHeaderDictionary headers) =>
        headers.Authorization.Count == 0
        && !headers.ContainsKey(WebHeaders.ApiKey)
        && !headers.ContainsKey(WebHeaders.ConsistencyToken)
        && !headers.ContainsKey(WebHeaders.GuestToken);

    private async Task AnswerAsync(HttpContext context, IReadyAnswer ready, string rest)
    {
        // Taken before the read: what is read after it is at least that fresh.
        var lag = ready.ReadsFrom.Count == 0 ? default : _progress.LagOf(ready.ReadsFrom);
        var query = context.Request.QueryString.HasValue ? context.Request.Query : QueryCollection.Empty;
        // A read of one page is over before its caller's leaving would be noticed; asking for that notice is what costs.
        if (await ready.FindAsync(rest, query, CancellationToken.None) is not { } entry)
        {
            await _next(context);
            return;
        }

        context.Response.Headers[WebHeaders.ProjectionLag] = LagText.Of(lag);
        await Respond.Reply(entry, ready.CacheControl).ExecuteAsync(context);
    }
}

/// <summary>The value of <c>X-Projection-Lag</c>.</summary>
internal static class LagText
{
    private const string None = "0;age=0";

    public static string Of(ProjectionLag lag) =>
        lag == default ? None : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{lag.Events};age={(long)lag.Age.TotalMilliseconds}");
}
