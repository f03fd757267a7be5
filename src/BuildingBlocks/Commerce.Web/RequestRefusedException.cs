using Commerce.Outcomes;

namespace Commerce.Web;

/// <summary>
/// A request that parameter binding cannot read. Binding has no other way to answer than to throw; the outermost middleware turns it into the
/// refusal's problem document. Slices return refusals instead.
/// </summary>
public sealed class RequestRefusedException : Exception
{
    /// <summary>Carries a refusal out of parameter binding.</summary>
    public RequestRefusedException(Refusal refusal)
        : base(refusal?.Detail) => Refusal = refusal ?? throw new ArgumentNullException(nameof(refusal));

    /// <summary>What to answer.</summary>
    public Refusal Refusal { get; }

    /// <summary>One parameter is malformed.</summary>
    public static RequestRefusedException Of(string parameter, string message) => new(ValidationFailed.Of(parameter, message));
}
