using Commerce.Outcomes;

namespace Commerce.Catalog.Wire;

/// <summary>Collects what is wrong with a request, each finding under the JSON path of its field.</summary>
internal sealed class Findings
{
    // A body with thousands of faults is answered with the first of them.
    private const int Most = 50;

    private readonly Dictionary<string, string[]> _errors = new(StringComparer.Ordinal);

    public bool Any => _errors.Count > 0;

    public void Add(string path, string message)
    {
        if (_errors.TryGetValue(path, out var messages))
        {
            _errors[path] = [.. messages, message];
        }
        else if (_errors.Count < Most)
        {
            _errors[path] = [message];
        }
    }

    public void Check(bool holds, string path, string message)
    {
        if (!holds)
        {
            Add(path, message);
        }
    }

    public ValidationFailed Failure() => new(_errors);
}
