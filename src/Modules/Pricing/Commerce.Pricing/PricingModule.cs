using Commerce.EventStore;
using Commerce.Pricing.Contracts;
using Commerce.Pricing.ReadModels;
using Commerce.Pricing.Rules;
using Commerce.Pricing.Slices;
using Commerce.ReadModels;
using Commerce.Web;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Pricing;

/// <summary>Shipping, tax and discounts: the module's door and table of contents.</summary>
public static class PricingModule
{
    /// <summary>Registers the module.</summary>
    public static IServiceCollection AddPricing(this IServiceCollection services)
    {
        services.AddModuleDatabase<PricingDatabase>(PricingDatabase.Schema);
        services.AddSlices(typeof(PricingModule).Assembly);
        services.AddSingleton<IRuleCompiler, BuiltInRules>();
        services.AddSingleton<IRuleBook, RuleBook>();
        services.AddSingleton<ICacheInvalidation, PricingCache>();

        var desk = new DiscountDesk();
        return services.AddEvents(events => events
            .Aggregate<ShippingMethod>(method => method
                .Event("shipping_method_set", PricingJson.Default.ShippingMethodSet)
                .Event("shipping_method_removed", PricingJson.Default.ShippingMethodRemoved))
            .Aggregate<TaxTable>(table => table
                .Event("tax_table_set", PricingJson.Default.TaxTableSet)
                .Event("tax_table_removed", PricingJson.Default.TaxTableRemoved))
            .Aggregate<TaxClass>(taxClass => taxClass
                .Event("tax_class_set", PricingJson.Default.TaxClassSet)
                .Event("tax_class_removed", PricingJson.Default.TaxClassRemoved))
            .Aggregate<CustomerGroup>(group => group
                .Event("customer_joined_group", PricingJson.Default.CustomerJoinedGroup)
                .Event("customer_left_group", PricingJson.Default.CustomerLeftGroup))
            .Aggregate<Discount>(discount => discount
                .Event("discount_defined", PricingJson.Default.DiscountDefined)
                .Event("discount_revised", PricingJson.Default.DiscountRevised)
                .Event("discount_ended", PricingJson.Default.DiscountEnded)
                .Event("discount_used", PricingJson.Default.DiscountUsed)
                .Event("discount_use_returned", PricingJson.Default.DiscountUseReturned))
            .Inline<ShippingMethodRows>()
            .Inline<TaxTableRows>()
            .Inline<TaxClassRows>()
            .Inline<CustomerGroupRows>()
            .Inline<DiscountRows>()
            .Answer<RedeemDiscounts, DiscountAnswer>(desk)
            .Answer<ReturnDiscounts, DiscountAnswer>(desk)
            .Announce<Announcements>()
            .Rule<DiscountUsesStayWithinTheirLimits>());
    }

    /// <summary>Maps the module's slices.</summary>
    public static IEndpointRouteBuilder MapPricing(this IEndpointRouteBuilder app) => app
        .MapSlice<SetShippingMethodEndpoint>()
        .MapSlice<RemoveShippingMethodEndpoint>()
        .MapSlice<ListShippingMethodsEndpoint>()
        .MapSlice<SetTaxTableEndpoint>()
        .MapSlice<RemoveTaxTableEndpoint>()
        .MapSlice<ListTaxTablesEndpoint>()
        .MapSlice<SetTaxClassEndpoint>()
        .MapSlice<RemoveTaxClassEndpoint>()
        .MapSlice<ListTaxClassesEndpoint>()
        .MapSlice<DefineDiscountEndpoint>()
        .MapSlice<ReviseDiscountEndpoint>()
        .MapSlice<EndDiscountEndpoint>()
        .MapSlice<GetDiscountEndpoint>()
        .MapSlice<ListDiscountsEndpoint>()
        .MapSlice<SetCustomerGroupEndpoint>()
        .MapSlice<RemoveCustomerGroupEndpoint>()
        .MapSlice<GetCustomerGroupEndpoint>();
}

/// <summary>Marks the module's database.</summary>
internal sealed class PricingDatabase
{
    /// <summary>The module's schema.</summary>
    public const string Schema = "pricing";
}
