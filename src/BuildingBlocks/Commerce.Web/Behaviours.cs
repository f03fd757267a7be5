using System.Diagnostics;
using System.Diagnostics.Metrics;
using Commerce.Outcomes;
using FluentValidation;
using FluentValidation.Results;
using MediatR;

namespace Commerce.Web;

/// <summary>The names under which the shop traces and measures itself.</summary>
public static class Telemetry
{
    /// <summary>Name of the activity source and the meter.</summary>
    public const string Name = "Commerce";

    internal static readonly ActivitySource Source = new(Name);

    private static readonly Meter Meter = new(Name);

    internal static readonly Histogram<double> CommandDuration = Meter.CreateHistogram<double>(
        "commerce.command.duration", "s", "How long commands and queries take, by name and outcome.");
}

/// <summary>Runs the validators of a command or query before its handler; shape only, so they need no state and no database.</summary>
internal sealed class ValidationBehaviour<TRequest, TResponse>(IEnumerable<IValidator<TRequest>> validators) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : notnull
    where TResponse : IOutcome<TResponse>
{
    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        List<ValidationFailure>? failures = null;
        foreach (var validator in validators)
        {
            if (validator is ShapeRules<TRequest> shape && shape.Fits(request))
            {
                continue;
            }

            var result = validator.Validate(request);
            if (!result.IsValid)
            {
                (failures ??= []).AddRange(result.Errors);
            }
        }

        return failures is null ? next() : Task.FromResult(TResponse.Refused(new ValidationFailed(ByPath(failures))));
    }

    private static Dictionary<string, string[]> ByPath(List<ValidationFailure> failures) => failures
        .GroupBy(failure => JsonPath.Of(failure.PropertyName), StringComparer.Ordinal)
        .ToDictionary(field => field.Key, field => field.Select(failure => failure.ErrorMessage).Distinct(StringComparer.Ordinal).ToArray(), StringComparer.Ordinal);
}

/// <summary>Traces and measures every command and query.</summary>
internal sealed class TelemetryBehaviour<TRequest, TResponse> : IPipelineBehavior<TRequest, TResponse>
    where TRequest : notnull
    where TResponse : IOutcome<TResponse>
{
    private static readonly string CommandName = typeof(TRequest).Name;

    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        using var activity = Telemetry.Source.StartActivity(CommandName);
        var started = Stopwatch.GetTimestamp();
        var outcome = "failed";
        try
        {
            var response = await next();
            outcome = response.Refusal is { } refusal ? Problems.Of(refusal.GetType()).Slug : "ok";
            return response;
        }
        finally
        {
            activity?.SetTag("commerce.outcome", outcome);
            Telemetry.CommandDuration.Record(
                Stopwatch.GetElapsedTime(started).TotalSeconds,
                new KeyValuePair<string, object?>("command", CommandName),
                new KeyValuePair<string, object?>("outcome", outcome));
        }
    }
}
