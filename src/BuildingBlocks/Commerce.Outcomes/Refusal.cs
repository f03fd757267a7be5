namespace Commerce.Outcomes;

/// <summary>
/// An expected "no": a value, never an exception. A concrete refusal is declared beside the slice or aggregate that says it and
/// carries a <see cref="ProblemAttribute"/> that binds it to one HTTP status. Its further public properties become members of the problem document.
/// </summary>
/// <param name="Detail">One sentence for the caller about this very case.</param>
public abstract record Refusal(string Detail);

/// <summary>Binds a <see cref="Refusal"/> to its problem type and to exactly one HTTP status.</summary>
/// <param name="status">The HTTP status, 400 to 599, or 301 for what has moved.</param>
/// <param name="slug">The last segment of the problem's <c>type</c>: <c>/problems/{slug}</c>.</param>
/// <param name="title">The problem's title, the same for every occurrence.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ProblemAttribute(int status, string slug, string title) : Attribute
{
    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>The last segment of the problem's type.</summary>
    public string Slug { get; } = slug;

    /// <summary>The problem's title.</summary>
    public string Title { get; } = title;

    /// <summary>Seconds to announce in <c>Retry-After</c>; 0 for none.</summary>
    public int RetryAfterSeconds { get; init; }
}

/// <summary>The shape of a request is wrong: what every validator's findings become.</summary>
/// <param name="Errors">Messages by JSON path of the field, such as <c>lines[0].quantity</c>.</param>
[Problem(400, "validation", "The request is not valid")]
public sealed record ValidationFailed(IReadOnlyDictionary<string, string[]> Errors)
    : Refusal("One or more fields are not valid; see errors.")
{
    /// <summary>A failure of a single field.</summary>
    public static ValidationFailed Of(string field, string message) => new(new Dictionary<string, string[]> { [field] = [message] });
}
