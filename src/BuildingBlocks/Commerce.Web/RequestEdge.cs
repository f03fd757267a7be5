namespace Commerce.Web;

/// <summary>What the middleware read from one request, for the dispatcher.</summary>
internal sealed class RequestEdge
{
    public Caller Caller { get; set; } = Caller.Guest;

    public long? IfMatch { get; set; }

    public string? GuestSecret { get; set; }

    public string TraceId { get; set; } = "";

    public bool Writes { get; set; }
}
