namespace Commerce.EventStore.Verification;

/// <summary>What was tested, and the first violation of each statement.</summary>
internal sealed class Findings
{
    private readonly List<string> _statements = [];
    private readonly Dictionary<string, Violation> _broken = new(StringComparer.Ordinal);

    /// <summary>Every statement that was tested.</summary>
    public IReadOnlyList<string> Statements => _statements;

    /// <summary>The first violation of each broken one, in the order of their places.</summary>
    public IReadOnlyList<Violation> Violations => [.. _broken.Values.OrderBy(violation => violation.Position)];

    /// <summary>A statement is tested.</summary>
    public void Test(string statement) => _statements.Add(statement);

    /// <summary>A statement is broken; only the first time counts.</summary>
    public void Break(string statement, EventPosition at, Guid? stream, string what) => _broken.TryAdd(statement, new Violation(statement, at, stream, what));
}
