using System.Collections.Concurrent;
using System.Text.Json;

namespace Commerce.Chaos.Load;

/// <summary>A write whose first answer is known: what was sent, and what came back, to the byte.</summary>
internal sealed record Answered(string Path, string Key, byte[] Body, bool AsStaff, int Status, byte[] Response, string? Token);

/// <summary>An order that the shop acknowledged.</summary>
internal sealed class AcknowledgedOrder(Answered answer, Guid id, string accessToken, IReadOnlyList<(string Sku, int Quantity)> lines)
{
    public Answered Answer { get; } = answer;

    public Guid Id { get; } = id;

    public string AccessToken { get; } = accessToken;

    /// <summary>What it holds, as last acknowledged.</summary>
    public IReadOnlyList<(string Sku, int Quantity)> Lines { get; set; } = lines;

    /// <summary>Where it stands, as last acknowledged.</summary>
    public string Status { get; set; } = "placed";

    /// <summary>Units that were sent.</summary>
    public Dictionary<string, int> Sent { get; } = new(StringComparer.Ordinal);

    /// <summary>Units that came back.</summary>
    public Dictionary<string, int> Returned { get; } = new(StringComparer.Ordinal);

    /// <summary>Units that came back and are for sale again.</summary>
    public Dictionary<string, int> Restocked { get; } = new(StringComparer.Ordinal);

    /// <summary>Parcels.</summary>
    public int Parcels { get; set; }

    /// <summary>Money that was taken.</summary>
    public decimal Captured { get; set; }

    /// <summary>Money that was given back.</summary>
    public decimal Refunded { get; set; }

    /// <summary>Everything that was acknowledged after its placing, in order, each with the guest's secret that it was sent with.</summary>
    public List<(Answered Answer, string? Token)> Steps { get; } = [];

    /// <summary>Whether somebody is at it, or was: its lines may be others by now.</summary>
    public volatile bool IsMoving;

    /// <summary>The acknowledged cancellation, or null.</summary>
    public Answered? Cancelled { get; set; }
}

/// <summary>
/// What the shop has promised to its callers, kept outside of it: in memory for the proof, and line by line in a file for whoever looks into a failure.
/// </summary>
internal sealed class Journal : IDisposable
{
    private readonly StreamWriter _file;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, int> _violations = new(StringComparer.Ordinal);

    public Journal(string file)
    {
        File = file;
        _file = new StreamWriter(file) { AutoFlush = true };
    }

    public string File { get; }

    public ConcurrentBag<AcknowledgedOrder> Orders { get; } = [];

    public ConcurrentBag<Answered> RefusedOrders { get; } = [];

    public ConcurrentBag<(Answered Answer, string Sku, int Quantity)> Receipts { get; } = [];

    public ConcurrentBag<(Answered Answer, Guid Id)> Reservations { get; } = [];

    /// <summary>Writes that never got an answer.</summary>
    public ConcurrentBag<(string Path, string Key)> Unanswered { get; } = [];

    /// <summary>Reads that saw what they had to.</summary>
    public long Reads;

    public long Replays;

    /// <summary>Attempts that got no answer, or a 503.</summary>
    public long Retries;

    public IEnumerable<string> Violations => _violations.Select(violation => violation.Value > 1 ? $"{violation.Key} ({violation.Value} times)" : violation.Key);

    public bool HasViolations => !_violations.IsEmpty;

    public void Violation(string what)
    {
        if (_violations.AddOrUpdate(what, 1, (_, count) => count + 1) == 1)
        {
            Write("violation", new { what });
        }
    }

    public void Acknowledge(string kind, Answered answer) =>
        Write(kind, new { answer.Path, answer.Key, answer.Status, response = System.Text.Encoding.UTF8.GetString(answer.Response) });

    public void Write(string kind, object entry)
    {
        var line = JsonSerializer.Serialize(new { at = DateTimeOffset.UtcNow, kind, entry });
        lock (_gate)
        {
            _file.WriteLine(line);
        }
    }

    public void Dispose() => _file.Dispose();
}
