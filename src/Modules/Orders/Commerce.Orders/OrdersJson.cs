using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Orders.Billing;
using Commerce.Orders.ReadModels;

namespace Commerce.Orders;

/// <summary>The bodies of this module's events and the documents of its rows, generated at compile time.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(OrderPlaced))]
[JsonSerializable(typeof(OrderCancelled))]
[JsonSerializable(typeof(OrderConfirmed))]
[JsonSerializable(typeof(PaymentAuthorized))]
[JsonSerializable(typeof(PaymentCaptured))]
[JsonSerializable(typeof(PaymentRefunded))]
[JsonSerializable(typeof(PaymentVoided))]
[JsonSerializable(typeof(PaymentHoldLowered))]
[JsonSerializable(typeof(PaymentRequested))]
[JsonSerializable(typeof(PaymentRequestFailed))]
[JsonSerializable(typeof(PaymentActionRequired))]
[JsonSerializable(typeof(OrderEdited))]
[JsonSerializable(typeof(ShipmentDispatched))]
[JsonSerializable(typeof(ShipmentDelivered))]
[JsonSerializable(typeof(ReturnRequested))]
[JsonSerializable(typeof(ReturnApproved))]
[JsonSerializable(typeof(ReturnRejected))]
[JsonSerializable(typeof(ReturnReceived))]
[JsonSerializable(typeof(OrderNoteAdded))]
[JsonSerializable(typeof(SeriesMemento))]
[JsonSerializable(typeof(InvoiceIssued))]
[JsonSerializable(typeof(CreditNoteIssued))]
[JsonSerializable(typeof(DocumentNumbered))]
[JsonSerializable(typeof(CartOpened))]
[JsonSerializable(typeof(CartItemSet))]
[JsonSerializable(typeof(CartItemRemoved))]
[JsonSerializable(typeof(CartItemSavedForLater))]
[JsonSerializable(typeof(CartItemMovedToCart))]
[JsonSerializable(typeof(CartSavedItemForgotten))]
[JsonSerializable(typeof(CartSavedItemTakenOver))]
[JsonSerializable(typeof(CartEmailTold))]
[JsonSerializable(typeof(CartShippingAddressTold))]
[JsonSerializable(typeof(CartShippingMethodTold))]
[JsonSerializable(typeof(CartCouponApplied))]
[JsonSerializable(typeof(CartCouponRemoved))]
[JsonSerializable(typeof(CartCheckedOut))]
[JsonSerializable(typeof(CartMergedInto))]
[JsonSerializable(typeof(OrderResponse))]
internal sealed partial class OrdersJson : JsonSerializerContext;
