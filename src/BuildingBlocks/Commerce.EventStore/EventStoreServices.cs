using Microsoft.Extensions.DependencyInjection;

namespace Commerce.EventStore;

/// <summary>Registration.</summary>
public static class EventStoreServices
{
    /// <summary>What one module stores.</summary>
    public static IServiceCollection AddEvents(this IServiceCollection services, Action<EventStoreBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(configure);
        configure(new EventStoreBuilder(services));
        return services;
    }
}
