using System.Text.Json;
using System.Text.RegularExpressions;
using Commerce.Outcomes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Commerce.Web;

/// <summary>
/// The outermost layer: whatever goes wrong below leaves as a problem document. Bare statuses of the framework (an unknown route, a wrong method)
/// get a body, exceptions of parameter binding become a 400 that names the parameter, a database that is away becomes a 503, and a bug becomes a
/// 500 whose traceId stands in the log.
/// </summary>
internal sealed partial class ProblemDetailsMiddleware(RequestDelegate next, IOptions<JsonOptions> json, ILogger<ProblemDetailsMiddleware> log)
{
    /// <summary>What nginx calls a client that went away; nobody reads it but the access log.</summary>
    private const int ClientClosedRequest = 499;

    private readonly JsonSerializerOptions _json = json.Value.SerializerOptions;

    public async Task InvokeAsync(HttpContext context)
    {
        context.Response.Headers.XContentTypeOptions = WebHeaders.NoSniff;
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            if (!context.Response.HasStarted)
            {
                context.Response.StatusCode = ClientClosedRequest;
            }

            return;
        }
        catch (Exception fault) when (!context.Response.HasStarted)
        {
            var refusal = RefusalFor(fault, context);
            if (refusal is InternalError)
            {
                LogBug(log, fault, context.Request.Method, context.Request.Path);
            }
            else if (refusal is DatabaseUnavailable)
            {
                LogDatabaseAway(log, context.Request.Method, context.Request.Path, fault.Message);
            }

            context.Response.Clear();
            context.Response.Headers.XContentTypeOptions = WebHeaders.NoSniff;
            await WriteAsync(context, refusal);
            return;
        }

        if (context.Response is { StatusCode: >= 400 and not ClientClosedRequest, HasStarted: false, ContentLength: null } response && string.IsNullOrEmpty(response.ContentType))
        {
            await WriteAsync(context, Problems.ForStatus(context));
        }
    }

    private static Refusal RefusalFor(Exception fault, HttpContext context) => fault switch
    {
        RequestRefusedException refused => refused.Refusal,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => new PayloadTooLarge(),
        BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => new UnsupportedMediaType(),
        BadHttpRequestException { InnerException: JsonException inner } => WireJson.Explain(inner),
        BadHttpRequestException bad => Unbound(bad, context),
        JsonException inBody => WireJson.Explain(inBody),
        _ => DatabaseFaults.RefusalFor(fault) ?? new InternalError(),
    };

    /// <summary>A parameter that cannot be read: within the path there is nothing at this address, elsewhere the request is wrong.</summary>
    private static Refusal Unbound(BadHttpRequestException bad, HttpContext context)
    {
        if (bad.Message.Contains("from body", StringComparison.Ordinal) || bad.Message.StartsWith("Implicit body", StringComparison.Ordinal))
        {
            return ValidationFailed.Of("$", "A JSON body is required.");
        }

        var parameter = Parameter().Match(bad.Message);
        if (!parameter.Success)
        {
            return new MalformedRequest(bad.Message);
        }

        var name = parameter.Groups["name"].Value;
        if (context.Request.RouteValues.ContainsKey(name))
        {
            return new ResourceNotFound();
        }

        return ValidationFailed.Of(name, bad.Message.StartsWith("Required", StringComparison.Ordinal) ? "This parameter is required." : "This value cannot be read.");
    }

    private Task WriteAsync(HttpContext context, Refusal refusal) => Problems.Reply(refusal, Problems.TraceIdOf(context), _json).ExecuteAsync(context);

    [LoggerMessage(EventId = 1001, Level = LogLevel.Error, Message = "{Method} {Path} failed")]
    private static partial void LogBug(ILogger logger, Exception fault, string method, PathString path);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning, Message = "{Method} {Path} could not reach the database: {Fault}")]
    private static partial void LogDatabaseAway(ILogger logger, string method, PathString path, string fault);

    [GeneratedRegex("""parameter "(?<type>.+) (?<name>\w+)" """, RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Parameter();
}
