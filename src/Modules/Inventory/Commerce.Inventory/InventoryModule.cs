using Commerce.EventStore;
using Commerce.Inventory.Contracts;
using Commerce.Inventory.ReadModels;
using Commerce.Inventory.Slices;
using Commerce.ReadModels;
using Commerce.Web;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Commerce.Inventory;

/// <summary>The door of the inventory and its table of contents.</summary>
public static class InventoryModule
{
    /// <summary>The events of a stock stream, all of which may change what can be sold.</summary>
    internal static readonly IReadOnlyCollection<Type> StockEvents =
    [
        typeof(StockReceived), typeof(StockAdjusted), typeof(StockTransferred), typeof(StockSentAway), typeof(StockArrived), typeof(StockLostInTransit), typeof(StockReserved), typeof(StockHoldExtended), typeof(StockHoldReleased),
        typeof(StockHoldExpired), typeof(StockHoldConverted), typeof(StockAllocated), typeof(StockReleased), typeof(StockDispatched), typeof(StockReturned),
        typeof(BackorderFilled), typeof(StockSettingsChanged), typeof(StockPreorderOpened), typeof(StockPreorderClosed), typeof(StockRanLow), typeof(StockRecovered),
        typeof(StockBundled), typeof(BundleAllocated), typeof(BundleReleased), typeof(BundleDispatched), typeof(BundleReturned), typeof(BundleLevelTold),
    ];

    /// <summary>What the module stores, answers and runs.</summary>
    public static IServiceCollection AddInventory(this IServiceCollection services)
    {
        services.AddOptions<InventoryOptions>().BindConfiguration(InventoryOptions.Section);
        services.AddSingleton<LocationDirectory>();
        services.AddSingleton<ICommitListener>(provider => provider.GetRequiredService<LocationDirectory>());
        services.AddSingleton(provider => provider.GetRequiredService<IOptions<InventoryOptions>>().Value.RuleOver(provider.GetRequiredService<LocationDirectory>()));
        services.AddSingleton<BundleDirectory>();
        services.AddSingleton<ICommitListener>(provider => provider.GetRequiredService<BundleDirectory>());
        services.AddSingleton<BundleWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<BundleWatch>());
        services.AddSingleton<StockDesk>();
        services.AddSingleton<ReservationDesk>();
        services.AddSingleton<TransferDesk>();
        services.AddSingleton<IReservations, ReservationReader>();
        services.AddSingleton<LocationReader>();
        services.AddHostedService(provider => provider.GetRequiredService<LocationReader>());
        services.AddSingleton<ExpirySweep>();
        services.AddHostedService(provider => provider.GetRequiredService<ExpirySweep>());
        services.AddSingleton<StockFeed>();
        services.AddSingleton<StockSnapshot>();
        services.AddSingleton<StockLevelReader>();
        services.AddSingleton<StockLevels>();
        services.AddSingleton<IStockLevels>(provider => provider.GetRequiredService<StockLevels>());
        services.AddSingleton<ICacheInvalidation, StockLevelInvalidation>();
        services.AddModuleDatabase<Stock>("inventory");
        services.AddSlices(typeof(InventoryModule).Assembly);
        services.AddEvents(events => events
            .Aggregate<Stock>(stock => stock
                .Event("stock_received", InventoryJson.Default.StockReceived)
                .Event("stock_adjusted", InventoryJson.Default.StockAdjusted)
                .Event("stock_transferred", InventoryJson.Default.StockTransferred)
                .Event("stock_sent_away", InventoryJson.Default.StockSentAway)
                .Event("stock_arrived", InventoryJson.Default.StockArrived)
                .Event("stock_lost_in_transit", InventoryJson.Default.StockLostInTransit)
                .Event("stock_reserved", InventoryJson.Default.StockReserved)
                .Event("stock_hold_extended", InventoryJson.Default.StockHoldExtended)
                .Event("stock_hold_released", InventoryJson.Default.StockHoldReleased)
                .Event("stock_hold_expired", InventoryJson.Default.StockHoldExpired)
                .Event("stock_hold_converted", InventoryJson.Default.StockHoldConverted)
                .Event("stock_allocated", InventoryJson.Default.StockAllocated)
                .Event("stock_released", InventoryJson.Default.StockReleased)
                .Event("stock_dispatched", InventoryJson.Default.StockDispatched)
                .Event("stock_returned", InventoryJson.Default.StockReturned)
                .Event("backorder_filled", InventoryJson.Default.BackorderFilled)
                .Event("stock_settings_changed", InventoryJson.Default.StockSettingsChanged)
                .Event("stock_preorder_opened", InventoryJson.Default.StockPreorderOpened)
                .Event("stock_preorder_closed", InventoryJson.Default.StockPreorderClosed)
                .Event("stock_ran_low", InventoryJson.Default.StockRanLow)
                .Event("stock_recovered", InventoryJson.Default.StockRecovered)
                .Event("stock_bundled", InventoryJson.Default.StockBundled)
                .Event("bundle_allocated", InventoryJson.Default.BundleAllocated)
                .Event("bundle_released", InventoryJson.Default.BundleReleased)
                .Event("bundle_dispatched", InventoryJson.Default.BundleDispatched)
                .Event("bundle_returned", InventoryJson.Default.BundleReturned)
                .Event("bundle_level_told", InventoryJson.Default.BundleLevelTold)
                .Snapshot(StockMemento.Format, InventoryJson.Default.StockMemento, stock => stock.Save(), Stock.Restore))
            .Aggregate<Reservation>(reservation => reservation
                .Event("reservation_made", InventoryJson.Default.ReservationMade)
                .Event("reservation_extended", InventoryJson.Default.ReservationExtended)
                .Event("reservation_released", InventoryJson.Default.ReservationReleased)
                .Event("reservation_expired", InventoryJson.Default.ReservationExpired)
                .Event("reservation_converted", InventoryJson.Default.ReservationConverted))
            .Aggregate<Transfer>(transfer => transfer
                .Event("transfer_dispatched", InventoryJson.Default.TransferDispatched)
                .Event("transfer_received", InventoryJson.Default.TransferReceived)
                .Event("transfer_units_lost", InventoryJson.Default.TransferUnitsLost))
            .Aggregate<StockCount>(count => count
                .Event("count_opened", InventoryJson.Default.CountOpened)
                .Event("count_line_recorded", InventoryJson.Default.CountLineRecorded)
                .Event("count_completed", InventoryJson.Default.CountCompleted))
            .Aggregate<Location>(location => location
                .Event("location_opened", InventoryJson.Default.LocationOpened)
                .Event("location_revised", InventoryJson.Default.LocationRevised))
            .Inline<StockLevelsProjection>()
            .Inline<PreordersProjection>()
            .Inline<ReservationsProjection>()
            .Inline<InTransitProjection>()
            .Inline<BundlesProjection>()
            .Inline<LocationsProjection>()
            .Answer<AllocateStock, StockAnswer, StockDesk>()
            .Answer<ReleaseStock, StockAnswer, StockDesk>()
            .Answer<DispatchStock, StockAnswer, StockDesk>()
            .Answer<RestockReturn, StockAnswer, StockDesk>()
            .Announce<Announcements>()
            .Rule<StockIsNeverNegative>()
            .Rule<BackOrdersStayWithinTheirLimit>()
            .Rule<StockEventsTellTheBalance>()
            .Rule<LedgerEqualsLevels>()
            .Rule<ReservationsHoldWhatTheySay>()
            .Rule<ReservationsBecomeTheirOrders>()
            .Rule<BackOrdersAreFilledInTurn>()
            .Rule<BundlesMoveTheirParts>()
            .Rule<TransfersMoveWhatTheySay>()
            .Rule<CountsBookWhatTheyFound>()
            .Rule<OrdersSendOnlyWhatTheyWerePromised>());
        return services;
    }

    /// <summary>The module's slices.</summary>
    public static IEndpointRouteBuilder MapInventory(this IEndpointRouteBuilder app) => app
        .MapSlice<ReceiveStockEndpoint>()
        .MapSlice<AdjustStockEndpoint>()
        .MapSlice<TransferStockEndpoint>()
        .MapSlice<DispatchTransferEndpoint>()
        .MapSlice<ListTransfersEndpoint>()
        .MapSlice<GetTransferEndpoint>()
        .MapSlice<ReceiveTransferEndpoint>()
        .MapSlice<LoseTransferUnitsEndpoint>()
        .MapSlice<OpenCountEndpoint>()
        .MapSlice<GetCountEndpoint>()
        .MapSlice<RecordCountEndpoint>()
        .MapSlice<CompleteCountEndpoint>()
        .MapSlice<ChangeStockSettingsEndpoint>()
        .MapSlice<OpenPreorderEndpoint>()
        .MapSlice<ClosePreorderEndpoint>()
        .MapSlice<BundleUpStockEndpoint>()
        .MapSlice<ReserveStockEndpoint>()
        .MapSlice<ExtendReservationEndpoint>()
        .MapSlice<ReleaseReservationEndpoint>()
        .MapSlice<GetReservationEndpoint>()
        .MapSlice<OpenLocationEndpoint>()
        .MapSlice<ReviseLocationEndpoint>()
        .MapSlice<ListLocationsEndpoint>()
        .MapSlice<GetStockEndpoint>()
        .MapSlice<StreamStockEndpoint>()
        .MapSlice<ListMovementsEndpoint>()
        .MapSlice<ListLowStockEndpoint>();
}
