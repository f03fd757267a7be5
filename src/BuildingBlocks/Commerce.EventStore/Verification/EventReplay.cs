using Commerce.EventStore.Execution;
using Commerce.EventStore.Reading;
using Npgsql;

namespace Commerce.EventStore.Verification;

/// <summary>All events in the global order, each held against every rule. Nothing of it is asynchronous: a million awaits that never wait are a cost of their own.</summary>
internal sealed class EventReplay(ReplayReader events, ReplayStates states, ReplayRule[] rules, Findings findings)
{
    private const int ReportEvery = 20_000;

    private const string Holes = "versions of a stream have no holes and arrive in order";

    private const string Readable = "every event can be read and folded into its stream";

    /// <summary>Events replayed.</summary>
    public long Events { get; private set; }

    /// <summary>The last one's place.</summary>
    public EventPosition Last { get; private set; } = EventPosition.Start;

    /// <summary>Replays.</summary>
    public void Run(long total, IProgress<VerificationStep>? progress, CancellationToken cancellationToken)
    {
        findings.Test(Holes);
        findings.Test(Readable);
        Array.ForEach(rules, rule => findings.Test(rule.Statement));
        while (events.Read(out var name, out var stored))
        {
            if (events.Position.Transaction != Last.Transaction && Events > 0)
            {
                Close();
            }

            if (states.Follow(events) is var before && before != events.Version - 1)
            {
                findings.Break(Holes, events.Position, events.StreamId, $"version {events.Version} follows {before}");
            }

            var recorded = events.Event(name, stored);
            if (recorded.Data is SplitEvent)
            {
                foreach (var part in recorded.Parts())
                {
                    Check(part, name, stored);
                }
            }
            else
            {
                Check(recorded, name, stored);
            }

            Last = events.Position;
            if (++Events % ReportEvery == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress?.Report(new VerificationStep("events", Events, total));
            }
        }

        if (Events > 0)
        {
            Close();
        }
    }

    private void Check(RecordedEvent e, StoredName name, ReadOnlySpan<byte> stored)
    {
        object? state = null;
        try
        {
            state = states.Evolve(e, name, stored);
            if (e.Data is UnreadableEvent { Why: var why })
            {
                findings.Break(Readable, e.Position, e.StreamId, $"{e.Name}: {why}");
            }
        }
        catch (Exception fault) when (fault is not NpgsqlException)
        {
            findings.Break(Readable, e.Position, e.StreamId, $"{e.Name}: {fault.Message}");
        }

        if (state is null)
        {
            return;
        }

        foreach (var rule in rules)
        {
            if (rule.After(e, state) is { } what)
            {
                findings.Break(rule.Statement, e.Position, e.StreamId, what);
            }
        }
    }

    private void Close()
    {
        foreach (var rule in rules)
        {
            if (rule.AfterTransaction() is { } what)
            {
                findings.Break(rule.Statement, Last, null, what);
            }
        }
    }
}
