using System.Collections.Concurrent;
using System.Diagnostics;

namespace Commerce.Host.Tests.Linearizability;

/// <summary>What a caller asked of one SKU's stock.</summary>
internal abstract record Question;

internal sealed record Receive(int Units) : Question;

internal sealed record Take(int Units) : Question;

internal sealed record GiveBack(int Units) : Question;

internal sealed record Look : Question;

/// <summary>What it was told.</summary>
internal abstract record Answer;

internal sealed record Accepted : Answer;

internal sealed record Refused : Answer;

internal sealed record Seen(int OnHand, int Reserved) : Answer;

/// <summary>One call with the times at which it was sent and answered; without an answer it may have had its effect at any later time, or never.</summary>
internal sealed record Call(Question Question, Answer? Answer, long Sent, long Answered);

/// <summary>Records calls of many callers at once.</summary>
internal sealed class History
{
    private readonly ConcurrentQueue<Call> _calls = new();

    public IReadOnlyList<Call> Calls => [.. _calls];

    public async Task<Answer> RecordAsync(Question question, Func<Task<Answer>> ask)
    {
        var sent = Stopwatch.GetTimestamp();
        var answer = await ask();
        _calls.Enqueue(new Call(question, answer, sent, Stopwatch.GetTimestamp()));
        return answer;
    }
}
