using System.Text.Json.Serialization;

namespace Commerce.Inventory;

/// <summary>The bodies of the module's events as they are stored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StockReceived))]
[JsonSerializable(typeof(StockAdjusted))]
[JsonSerializable(typeof(StockTransferred))]
[JsonSerializable(typeof(StockReserved))]
[JsonSerializable(typeof(StockHoldExtended))]
[JsonSerializable(typeof(StockHoldReleased))]
[JsonSerializable(typeof(StockHoldExpired))]
[JsonSerializable(typeof(StockAllocated))]
[JsonSerializable(typeof(StockReleased))]
[JsonSerializable(typeof(StockDispatched))]
[JsonSerializable(typeof(StockReturned))]
[JsonSerializable(typeof(BackorderFilled))]
[JsonSerializable(typeof(StockHoldConverted))]
[JsonSerializable(typeof(StockPreorderOpened))]
[JsonSerializable(typeof(StockPreorderClosed))]
[JsonSerializable(typeof(StockRanLow))]
[JsonSerializable(typeof(StockRecovered))]
[JsonSerializable(typeof(StockSettingsChanged))]
[JsonSerializable(typeof(ReservationMade))]
[JsonSerializable(typeof(ReservationExtended))]
[JsonSerializable(typeof(ReservationReleased))]
[JsonSerializable(typeof(ReservationExpired))]
[JsonSerializable(typeof(ReservationConverted))]
[JsonSerializable(typeof(LocationOpened))]
[JsonSerializable(typeof(LocationRevised))]
internal sealed partial class InventoryJson : JsonSerializerContext;
