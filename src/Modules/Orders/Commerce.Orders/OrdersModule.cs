using Commerce.EventStore;
using Commerce.Orders.Billing;
using Commerce.Orders.Contracts;
using Commerce.Orders.Editing;
using Commerce.Orders.Paying;
using Commerce.Orders.Placing;
using Commerce.Orders.Pricing;
using Commerce.Orders.Reactions;
using Commerce.Orders.ReadModels;
using Commerce.Orders.Slices;
using Commerce.ReadModels;
using Commerce.Web;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Commerce.Orders;

/// <summary>Orders and carts: the module's door and table of contents. Settings are in the section <c>Orders</c>.</summary>
public static class OrdersModule
{
    /// <summary>Registers the module.</summary>
    public static IServiceCollection AddOrders(this IServiceCollection services)
    {
        services.AddOptions<OrdersOptions>().BindConfiguration(OrdersOptions.Section);
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<OrdersOptions>>().Value);
        services.AddModuleDatabase<OrdersDatabase>(OrdersDatabase.Schema);
        services.AddSlices(typeof(OrdersModule).Assembly);

        services.AddSingleton<IOrderContacts, OrderContacts>();
        services.AddSingleton<CurrentPricing>();
        services.AddSingleton<CheckoutRules>();
        services.AddScoped<OrderIntake>();
        services.AddScoped<EditIntake>();
        services.AddScoped<DocumentShelf>();
        services.AddScoped<OrderExport>();
        services.AddScoped<CartQuotes>();
        services.AddScoped<CartEdits>();
        services.AddSingleton<MoneySignal>();
        services.AddSingleton<ICommitListener>(provider => provider.GetRequiredService<MoneySignal>());
        services.AddScoped<MoneyMoves>();
        services.AddHostedService<AbandonedOrders>();

        return services.AddEvents(events => events
            .Aggregate<Order>(order => order
                .Event("order_placed", OrdersJson.Default.OrderPlaced)
                .Event("order_confirmed", OrdersJson.Default.OrderConfirmed)
                .Event("order_cancelled", OrdersJson.Default.OrderCancelled)
                .Event("payment_authorized", OrdersJson.Default.PaymentAuthorized)
                .Event("payment_captured", OrdersJson.Default.PaymentCaptured)
                .Event("payment_refunded", OrdersJson.Default.PaymentRefunded)
                .Event("payment_voided", OrdersJson.Default.PaymentVoided)
                .Event("payment_hold_lowered", OrdersJson.Default.PaymentHoldLowered)
                .Event("payment_requested", OrdersJson.Default.PaymentRequested)
                .Event("payment_request_failed", OrdersJson.Default.PaymentRequestFailed)
                .Event("payment_action_required", OrdersJson.Default.PaymentActionRequired)
                .Event("order_edited", OrdersJson.Default.OrderEdited)
                .Event("order_note_added", OrdersJson.Default.OrderNoteAdded)
                .Event("shipment_dispatched", OrdersJson.Default.ShipmentDispatched)
                .Event("shipment_delivered", OrdersJson.Default.ShipmentDelivered)
                .Event("return_requested", OrdersJson.Default.ReturnRequested)
                .Event("return_approved", OrdersJson.Default.ReturnApproved)
                .Event("return_rejected", OrdersJson.Default.ReturnRejected)
                .Event("return_received", OrdersJson.Default.ReturnReceived))
            .Aggregate<OrderBooks>(books => books
                .Event("invoice_issued", OrdersJson.Default.InvoiceIssued)
                .Event("credit_note_issued", OrdersJson.Default.CreditNoteIssued))
            .Aggregate<DocumentSeries>(series => series
                .Event("document_numbered", OrdersJson.Default.DocumentNumbered)
                .Snapshot(SeriesMemento.Format, OrdersJson.Default.SeriesMemento, state => state.Save(), DocumentSeries.Restore))
            .Aggregate<Cart>(cart => cart
                .Event("cart_opened", OrdersJson.Default.CartOpened)
                .Event("cart_item_set", OrdersJson.Default.CartItemSet)
                .Event("cart_item_removed", OrdersJson.Default.CartItemRemoved)
                .Event("cart_item_saved_for_later", OrdersJson.Default.CartItemSavedForLater)
                .Event("cart_item_moved_to_cart", OrdersJson.Default.CartItemMovedToCart)
                .Event("cart_saved_item_forgotten", OrdersJson.Default.CartSavedItemForgotten)
                .Event("cart_saved_item_taken_over", OrdersJson.Default.CartSavedItemTakenOver)
                .Event("cart_email_told", OrdersJson.Default.CartEmailTold)
                .Event("cart_shipping_address_told", OrdersJson.Default.CartShippingAddressTold)
                .Event("cart_shipping_method_told", OrdersJson.Default.CartShippingMethodTold)
                .Event("cart_coupon_applied", OrdersJson.Default.CartCouponApplied)
                .Event("cart_coupon_removed", OrdersJson.Default.CartCouponRemoved)
                .Event("cart_checked_out", OrdersJson.Default.CartCheckedOut)
                .Event("cart_merged_into", OrdersJson.Default.CartMergedInto))
            .Inline<OrderRows>()
            .Inline<UnpaidOrders>()
            .Inline<CartRows>()
            .Inline<DocumentRows>()
            .Subscribe<WhenGoodsOrMoneyMoved>()
            .Answer<RecordOrderMoney, OrderMoneyAnswer>(new OrderMoneyDesk())
            .Subscribe<OrderWords>()
            .Announce<Announcements>()
            .Rule<OrdersAddUp>()
            .Rule<OrdersArePlacedOnce>()
            .Rule<CancelledOrdersGiveEverythingBack>()
            .Rule<OrdersKeepNoMoneyThatIsNotTheirs>()
            .Rule<OrdersSendAndTakeBackWhatTheyHold>()
            .Rule<DocumentsAreNumberedWithoutGaps>()
            .Rule<DocumentsSayWhatWasSentAndGivenBack>()
            .Rule<CartsBecomeTheirOrders>()
            .Rule<CartsHoldEachSkuOnce>());
    }

    /// <summary>Maps the module's slices.</summary>
    public static IEndpointRouteBuilder MapOrders(this IEndpointRouteBuilder app) => app
        .MapSlice<PlaceOrderEndpoint>()
        .MapSlice<ListOrdersEndpoint>()
        .MapSlice<FindOrderEndpoint>()
        .MapSlice<SearchOrdersEndpoint>()
        .MapSlice<ExportOrdersEndpoint>()
        .MapSlice<GetOrderEndpoint>()
        .MapSlice<GetOrderHistoryEndpoint>()
        .MapSlice<CancelOrderEndpoint>()
        .MapSlice<EditOrderEndpoint>()
        .MapSlice<PreviewOrderEditEndpoint>()
        .MapSlice<ShipOrderEndpoint>()
        .MapSlice<GetShipmentEndpoint>()
        .MapSlice<DeliverShipmentEndpoint>()
        .MapSlice<RequestReturnEndpoint>()
        .MapSlice<GetReturnEndpoint>()
        .MapSlice<ApproveReturnEndpoint>()
        .MapSlice<RejectReturnEndpoint>()
        .MapSlice<ReceiveReturnEndpoint>()
        .MapSlice<AddOrderNoteEndpoint>()
        .MapSlice<ListOrderNotesEndpoint>()
        .MapSlice<ListOrderDocumentsEndpoint>()
        .MapSlice<PrintDocumentEndpoint>()
        .MapSlice<ListDocumentsEndpoint>()
        .MapSlice<PayOrderEndpoint>()
        .MapSlice<AuthorizePaymentEndpoint>()
        .MapSlice<CapturePaymentEndpoint>()
        .MapSlice<RefundPaymentEndpoint>()
        .MapSlice<VoidPaymentEndpoint>()
        .MapSlice<OpenCartEndpoint>()
        .MapSlice<ListCartsEndpoint>()
        .MapSlice<ListAbandonedCartsEndpoint>()
        .MapSlice<GetCartEndpoint>()
        .MapSlice<ReviseCartEndpoint>()
        .MapSlice<SetCartItemEndpoint>()
        .MapSlice<RemoveCartItemEndpoint>()
        .MapSlice<SaveCartItemForLaterEndpoint>()
        .MapSlice<MoveSavedItemToCartEndpoint>()
        .MapSlice<ForgetSavedItemEndpoint>()
        .MapSlice<ApplyCouponEndpoint>()
        .MapSlice<RemoveCouponEndpoint>()
        .MapSlice<ListCartShippingMethodsEndpoint>()
        .MapSlice<MergeCartsEndpoint>()
        .MapSlice<CheckOutCartEndpoint>();
}

/// <summary>Marks the module's database.</summary>
internal sealed class OrdersDatabase
{
    /// <summary>The module's schema.</summary>
    public const string Schema = "orders";
}
