using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Payments.ReadModels;

namespace Commerce.Payments;

/// <summary>The bodies of this module's events and the documents of its rows, generated at compile time.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(PaymentOpened))]
[JsonSerializable(typeof(PaymentCallIntended))]
[JsonSerializable(typeof(PaymentCallUnsettled))]
[JsonSerializable(typeof(PaymentCallSettled))]
[JsonSerializable(typeof(PaymentChallenged))]
[JsonSerializable(typeof(PaymentHeld))]
[JsonSerializable(typeof(PaymentTaken))]
[JsonSerializable(typeof(PaymentReturned))]
[JsonSerializable(typeof(PaymentReleased))]
[JsonSerializable(typeof(PaymentRefused))]
[JsonSerializable(typeof(PaymentTurnedDown))]
[JsonSerializable(typeof(StoredValueIssued))]
[JsonSerializable(typeof(StoredValueRedeemed))]
[JsonSerializable(typeof(StoredValueReturned))]
[JsonSerializable(typeof(PaymentResponse))]
internal sealed partial class PaymentsJson : JsonSerializerContext;
