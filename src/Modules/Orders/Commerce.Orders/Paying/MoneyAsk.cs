using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Commerce.Monetary;

namespace Commerce.Orders.Paying;

/// <summary>What an order can want of its money.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MoneyRequestKind>))]
internal enum MoneyRequestKind
{
    /// <summary>Set it aside.</summary>
    [JsonStringEnumMemberName("authorize")]
    Authorize,

    /// <summary>Take what is set aside.</summary>
    [JsonStringEnumMemberName("capture")]
    Capture,

    /// <summary>Give back what was taken.</summary>
    [JsonStringEnumMemberName("refund")]
    Refund,

    /// <summary>Give up what is set aside or about to be.</summary>
    [JsonStringEnumMemberName("void")]
    Void,
}

/// <summary>Something that the order asked of whoever holds its money.</summary>
/// <param name="Id">The request.</param>
/// <param name="Kind">What was asked.</param>
/// <param name="Left">What has neither come about nor failed.</param>
/// <param name="Failure">Why a part of it failed, or null.</param>
/// <param name="FailureMessage">The same for people.</param>
/// <param name="Reason">Why it was asked, or null.</param>
internal sealed record MoneyAsk(Guid Id, MoneyRequestKind Kind, Money Left, string? Failure = null, string? FailureMessage = null, string? Reason = null)
{
    /// <summary>Whether an answer is awaited.</summary>
    public bool IsOpen => Left.Amount > 0;
}

/// <summary>The requests of an order.</summary>
internal static class MoneyRequests
{
    /// <summary>What of this kind is still awaited.</summary>
    public static Money Open(this ImmutableArray<MoneyAsk> requests, MoneyRequestKind kind, string currency)
    {
        var sum = Money.Zero(currency);
        foreach (var request in requests)
        {
            sum = request.Kind == kind ? sum + request.Left : sum;
        }

        return sum;
    }

    /// <summary>The requests after an answer to one of them, which may say less than was asked; null answers all of it.</summary>
    public static ImmutableArray<MoneyAsk> Answered(this ImmutableArray<MoneyAsk> requests, Guid? id, Money? amount, string? failure = null, string? message = null)
    {
        var at = id is { } known ? requests.IndexOf(requests.FirstOrDefault(request => request.Id == known)!) : -1;
        if (at < 0)
        {
            return requests;
        }

        var request = requests[at];
        return requests.SetItem(at, request with
        {
            Left = amount is { } part && part < request.Left ? request.Left - part : Money.Zero(request.Left.Currency),
            Failure = failure ?? request.Failure,
            FailureMessage = failure is null ? request.FailureMessage : message,
        });
    }

    /// <summary>The requests after everything of a kind has come to its end.</summary>
    public static ImmutableArray<MoneyAsk> Closed(this ImmutableArray<MoneyAsk> requests, MoneyRequestKind kind) =>
        [.. requests.Select(request => request.Kind == kind ? request with { Left = Money.Zero(request.Left.Currency) } : request)];
}
