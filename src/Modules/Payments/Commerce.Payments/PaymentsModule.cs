using Commerce.EventStore;
using Commerce.Payments.Contracts;
using Commerce.Payments.Providers;
using Commerce.Payments.Reactions;
using Commerce.Payments.ReadModels;
using Commerce.Payments.Sandbox;
using Commerce.Payments.Slices;
using Commerce.Payments.Stripe;
using Commerce.Payments.Webhooks;
using Commerce.Payments.Work;
using Commerce.ReadModels;
using Commerce.Web;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Payments;

/// <summary>Payments, gift cards and store credit: the module's door and table of contents. Settings are in the section <c>Payments</c>.</summary>
public static class PaymentsModule
{
    /// <summary>Registers the module. Which providers there are is settled here, once.</summary>
    public static IServiceCollection AddPayments(this IServiceCollection services, IConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var options = configuration.GetSection(PaymentsOptions.Section).Get<PaymentsOptions>() ?? new PaymentsOptions();
        services.AddSingleton(options);
        services.AddModuleDatabase<PaymentsDatabase>(PaymentsDatabase.Schema);
        services.AddSlices(typeof(PaymentsModule).Assembly);

        services.AddSingleton<PaymentProviders>();
        services.AddSingleton<IPaymentMethods>(provider => provider.GetRequiredService<PaymentProviders>());
        services.AddSingleton<SandboxBank>();
        services.AddSingleton(provider => new SandboxProvider(
            new HttpClient(new SandboxServer(provider.GetRequiredService<SandboxBank>(), provider.GetRequiredService<TimeProvider>())) { BaseAddress = new Uri("http://sandbox") },
            options, provider.GetRequiredService<TimeProvider>()));
        if (options.Sandbox.Enabled)
        {
            services.AddSingleton<IPaymentProvider>(provider => provider.GetRequiredService<SandboxProvider>());
        }

        if (options.Stripe.SecretKey is not null)
        {
            services.AddSingleton<IPaymentProvider>(provider => new StripeProvider(
                new HttpClient { BaseAddress = options.Stripe.BaseAddress }, options, provider.GetRequiredService<TimeProvider>()));
        }

        services.AddSingleton<WebhookInbox>();
        services.AddSingleton<WorkSignal>();
        services.AddSingleton<ICommitListener>(provider => provider.GetRequiredService<WorkSignal>());
        services.AddSingleton<Leases>();
        services.AddSingleton<ProviderCalls>();
        services.AddSingleton<PaymentCalls>();
        services.AddHostedService<PaymentWorker>();
        services.AddHostedService<SandboxPost>();

        return services.AddEvents(events => events
            .Aggregate<Payment>(payment => payment
                .Event("payment_opened", PaymentsJson.Default.PaymentOpened)
                .Event("payment_call_intended", PaymentsJson.Default.PaymentCallIntended)
                .Event("payment_call_unsettled", PaymentsJson.Default.PaymentCallUnsettled)
                .Event("payment_call_settled", PaymentsJson.Default.PaymentCallSettled)
                .Event("payment_challenged", PaymentsJson.Default.PaymentChallenged)
                .Event("payment_held", PaymentsJson.Default.PaymentHeld)
                .Event("payment_taken", PaymentsJson.Default.PaymentTaken)
                .Event("payment_returned", PaymentsJson.Default.PaymentReturned)
                .Event("payment_released", PaymentsJson.Default.PaymentReleased)
                .Event("payment_refused", PaymentsJson.Default.PaymentRefused)
                .Event("payment_turned_down", PaymentsJson.Default.PaymentTurnedDown))
            .Aggregate<StoredValue>(ledger => ledger
                .Event("stored_value_issued", PaymentsJson.Default.StoredValueIssued)
                .Event("stored_value_redeemed", PaymentsJson.Default.StoredValueRedeemed)
                .Event("stored_value_returned", PaymentsJson.Default.StoredValueReturned))
            .Inline<PaymentRows>()
            .Inline<StoredValueRows>()
            .Subscribe<WhenMoneyIsRequested>()
            .Answer<RedeemStoredValue, StoredValueAnswer>(new StoredValueDesk())
            .Announce<Announcements>()
            .Rule<PaymentsMoveWhatTheyHave>()
            .Rule<PaymentsIntendBeforeTheyCall>()
            .Rule<MoneyThatNobodyTakesGoesBack>()
            .Rule<StoredValueIsItsLedger>());
    }

    /// <summary>Maps the module's slices.</summary>
    public static IEndpointRouteBuilder MapPayments(this IEndpointRouteBuilder app) => app
        .MapSlice<GetPaymentEndpoint>()
        .MapSlice<ListOrderPaymentsEndpoint>()
        .MapSlice<ReconcilePaymentEndpoint>()
        .MapSlice<ReturnToShopEndpoint>()
        .MapSlice<ReceiveWebhookEndpoint>()
        .MapSlice<AnswerSandboxChallengeEndpoint>()
        .MapSlice<IssueGiftCardEndpoint>()
        .MapSlice<LookUpGiftCardEndpoint>()
        .MapSlice<GetStoredValueEndpoint>()
        .MapSlice<IssueStoreCreditEndpoint>()
        .MapSlice<ListStoreCreditEndpoint>();
}

/// <summary>Marks the module's database.</summary>
internal sealed class PaymentsDatabase
{
    /// <summary>The module's schema.</summary>
    public const string Schema = "payments";
}
