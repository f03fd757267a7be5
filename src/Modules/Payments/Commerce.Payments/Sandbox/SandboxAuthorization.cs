using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commerce.Payments.Sandbox;

/// <summary>An authorization in the sandbox's books, and the body of its answers.</summary>
internal sealed record SandboxAuthorization
{
    /// <summary>Money is set aside.</summary>
    public const string Open = "open";

    /// <summary>The shopper has to confirm.</summary>
    public const string Challenged = "challenged";

    /// <summary>Nothing is set aside any more.</summary>
    public const string Closed = "closed";

    /// <summary>Nothing ever was.</summary>
    public const string Failed = "failed";

    public required string Id { get; init; }

    public required Guid Reference { get; init; }

    public required string Source { get; init; }

    public required string Currency { get; init; }

    public required decimal Amount { get; init; }

    public decimal Authorized { get; init; }

    public decimal Captured { get; init; }

    public decimal Refunded { get; init; }

    public string Status { get; init; } = Open;

    public string ReturnUrl { get; init; } = "";

    public string? Failure { get; init; }
}

/// <summary>An answer of the sandbox: status and body as they go over the wire.</summary>
internal sealed record SandboxAnswer(int Status, string Body, SandboxAuthorization? Authorization);

/// <summary>The body of a webhook: a hint that something changed. What did, the shop asks.</summary>
internal sealed record SandboxNotice(string Id, string Type, string Authorization, Guid Reference, string Created);

/// <summary>The body of a call.</summary>
internal sealed record SandboxCall(decimal Amount, string? Currency = null, string? Source = null, Guid? Reference = null, string? ReturnUrl = null);

/// <summary>The sandbox's JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SandboxAuthorization))]
[JsonSerializable(typeof(SandboxNotice))]
[JsonSerializable(typeof(SandboxCall))]
internal sealed partial class SandboxJson : JsonSerializerContext;
