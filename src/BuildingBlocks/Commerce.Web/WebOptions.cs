namespace Commerce.Web;

/// <summary>Settings of the web edge, section <c>Web</c>.</summary>
public sealed class WebOptions
{
    /// <summary>The largest body that an endpoint takes unless it streams: the largest order of the contract is a tenth of it.</summary>
    public long MaxBodyBytes { get; set; } = 1024 * 1024;

    /// <summary>Requests that one caller or address may send a second, over a longer time.</summary>
    public int RequestsPerSecond { get; set; } = 100;

    /// <summary>Requests that one caller or address may send at once after a quiet time.</summary>
    public int RequestBurst { get; set; } = 1000;

    /// <summary>
    /// Whether the limits hold for the machine's own loopback address too. Off: what calls from there is the shop's own front end, an import or a
    /// benchmark, and a limit shared by all of them would measure the limiter.
    /// </summary>
    public bool LimitLoopback { get; set; }
}
