using System.Net;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace Commerce.Payments.Work;

/// <summary>
/// How long a provider is waited for and when it is asked again at once: only when it said that it was busy, so nothing can have happened. Whatever else
/// goes wrong has an unknown outcome, which is not tried again but asked for.
/// </summary>
internal sealed class ProviderCalls
{
    private readonly ResiliencePipeline _pipeline;

    public ProviderCalls(PaymentsOptions options, TimeProvider clock) =>
        _pipeline = new ResiliencePipelineBuilder { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions
            {
                MaxRetryAttempts = 2,
                Delay = TimeSpan.FromMilliseconds(200),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(refused =>
                    refused.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable || refused.HttpRequestError == HttpRequestError.ConnectionError),
            })
            .AddTimeout(options.CallTimeout)
            .Build();

    /// <summary>Asks a provider.</summary>
    /// <returns>The answer, or what went wrong.</returns>
    public async Task<(T? Answer, string? Problem)> AskAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return (await _pipeline.ExecuteAsync(async token => await ask(token), cancellationToken), null);
        }
        catch (Exception unknown) when (!cancellationToken.IsCancellationRequested
            && unknown is HttpRequestException or TimeoutRejectedException or TimeoutException or OperationCanceledException or IOException or System.Text.Json.JsonException)
        {
            return (default, $"{unknown.GetType().Name}: {unknown.Message}");
        }
    }
}
