using Commerce.EventStore.History;
using Commerce.EventStore.Subscriptions;
using Commerce.EventStore.Verification;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Commerce.EventStore;

/// <summary>Registration.</summary>
public static class EventStoreServices
{
    /// <summary>The store itself, its sessions and the daemon that runs subscriptions. Modules add what they store with <see cref="AddEvents"/>.</summary>
    public static IServiceCollection AddEventStore(this IServiceCollection services, Action<EventStoreOptions> configure)
    {
        services.AddOptions<EventStoreOptions>().Configure(configure);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<EventTypes>();
        services.AddSingleton<ParticipantRegistry>();
        services.AddSingleton<EventStoreDataSource>();
        services.AddSingleton<PostgresEventStore>();
        services.AddSingleton<IEventStore>(provider => provider.GetRequiredService<PostgresEventStore>());
        services.AddScoped<CallContext>();
        services.AddScoped<EventSession>();
        services.AddTransient<DatabaseVerifier>();
        services.AddSingleton<StreamArchive>();
        // Before the signal: whom it wakes finds the events there.
        services.AddSingleton<RecentCommits>();
        services.AddSingleton<ICommitListener>(provider => provider.GetRequiredService<RecentCommits>());
        services.AddSingleton<CommitSignal>();
        services.AddSingleton<ICommitListener>(provider => provider.GetRequiredService<CommitSignal>());
        services.AddSingleton<SubscriptionDaemon>();
        services.AddSingleton<IProjectionProgress>(provider => provider.GetRequiredService<SubscriptionDaemon>());
        services.AddHostedService(provider => provider.GetRequiredService<SubscriptionDaemon>());
        return services;
    }

    /// <summary>What one module stores.</summary>
    public static IServiceCollection AddEvents(this IServiceCollection services, Action<EventStoreBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(new EventStoreBuilder(services));
        return services;
    }
}
