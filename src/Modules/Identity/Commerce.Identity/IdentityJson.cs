using System.Text.Json.Serialization;
using Commerce.Identity.ReadModels;

namespace Commerce.Identity;

/// <summary>The bodies of the module's events as they are stored, and its cached rows.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CustomerRegistered))]
[JsonSerializable(typeof(StaffHired))]
[JsonSerializable(typeof(StaffRolesChanged))]
[JsonSerializable(typeof(AccountDisabled))]
[JsonSerializable(typeof(AccountEnabled))]
[JsonSerializable(typeof(PasswordChanged))]
[JsonSerializable(typeof(EmailClaimed))]
[JsonSerializable(typeof(SessionStarted))]
[JsonSerializable(typeof(SessionRefreshed))]
[JsonSerializable(typeof(SessionEnded))]
[JsonSerializable(typeof(ApiKeyIssued))]
[JsonSerializable(typeof(ApiKeyRevoked))]
[JsonSerializable(typeof(KnownSession))]
[JsonSerializable(typeof(KnownAccount))]
[JsonSerializable(typeof(KnownApiKey))]
internal sealed partial class IdentityJson : JsonSerializerContext;
