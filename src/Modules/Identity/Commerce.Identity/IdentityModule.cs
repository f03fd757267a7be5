using Commerce.EventStore;
using Commerce.Identity.Authentication;
using Commerce.Identity.Contracts;
using Commerce.Identity.Credentials;
using Commerce.Identity.ReadModels;
using Commerce.Identity.Slices;
using Commerce.ReadModels;
using Commerce.Web;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Identity;

/// <summary>The door of the identity module and its table of contents: who calls, and what they may do.</summary>
public static class IdentityModule
{
    /// <summary>What the module stores and runs. Settings: section <c>Identity</c>, and <c>COMMERCE_BOOTSTRAP_API_KEY</c>.</summary>
    public static IServiceCollection AddIdentity(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<IdentityOptions>(configuration.GetSection("Identity"));
        services.AddModuleDatabase<Account>("identity");
        services.AddCredentials(configuration);
        services.AddSingleton<IdentitySecrets>();
        services.AddSingleton<TokenMint>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<LoginThrottle>();
        services.AddSingleton<KnownCallers>();
        services.AddSingleton<ICacheInvalidation, KnownCallersInvalidation>();
        services.AddSingleton<People>();
        services.AddSingleton<ICustomerContacts>(provider => provider.GetRequiredService<People>());
        services.AddSingleton<Devices>();
        services.AddSingleton<OpenSessions>();
        services.AddScoped<StaffDesk>();
        services.AddHostedService<PersonalDataSweep>();
        services.AddSlices(typeof(IdentityModule).Assembly);
        services.AddEvents(events => events
            .Aggregate<Account>(account => account
                .Event("customer_registered", IdentityJson.Default.CustomerRegistered)
                .Event("staff_hired", IdentityJson.Default.StaffHired)
                .Event("staff_roles_changed", IdentityJson.Default.StaffRolesChanged)
                .Event("account_disabled", IdentityJson.Default.AccountDisabled)
                .Event("account_enabled", IdentityJson.Default.AccountEnabled)
                .Event("password_changed", IdentityJson.Default.PasswordChanged))
            .Aggregate<EmailClaim>(claim => claim.Event("email_claimed", IdentityJson.Default.EmailClaimed))
            .Aggregate<Session>(session => session
                .Event("session_started", IdentityJson.Default.SessionStarted)
                .Event("session_refreshed", IdentityJson.Default.SessionRefreshed)
                .Event("session_ended", IdentityJson.Default.SessionEnded))
            .Aggregate<ApiKey>(key => key
                .Event("api_key_issued", IdentityJson.Default.ApiKeyIssued)
                .Event("api_key_revoked", IdentityJson.Default.ApiKeyRevoked))
            .Inline<AccountsProjection>()
            .Inline<SessionsProjection>()
            .Inline<ApiKeysProjection>()
            .Announce<Announcements>());
        return services;
    }

    /// <summary>The module's slices.</summary>
    public static IEndpointRouteBuilder MapIdentity(this IEndpointRouteBuilder app) => app
        .MapSlice<RegisterEndpoint>()
        .MapSlice<LogInEndpoint>()
        .MapSlice<RefreshTokensEndpoint>()
        .MapSlice<LogOutEndpoint>()
        .MapSlice<GetMeEndpoint>()
        .MapSlice<ChangePasswordEndpoint>()
        .MapSlice<ListMySessionsEndpoint>()
        .MapSlice<EndMySessionEndpoint>()
        .MapSlice<EndMySessionsEndpoint>()
        .MapSlice<HireStaffEndpoint>()
        .MapSlice<ListStaffEndpoint>()
        .MapSlice<GetStaffEndpoint>()
        .MapSlice<ChangeStaffRolesEndpoint>()
        .MapSlice<DisableStaffEndpoint>()
        .MapSlice<EnableStaffEndpoint>()
        .MapSlice<IssueApiKeyEndpoint>()
        .MapSlice<ListApiKeysEndpoint>()
        .MapSlice<RevokeApiKeyEndpoint>();
}
