using Commerce.EventStore;
using Commerce.EventStore.History;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Testing;

/// <summary>Begins a Given/When/Then test with the history of a stream that really was, as <c>./dev export</c> wrote it.</summary>
public static class StreamFixtures
{
    /// <summary>The aggregate as it is after the events of a fixture file, upcast by the module as stored events are.</summary>
    /// <param name="file">The file, beside the test assembly.</param>
    /// <param name="module">Adds the module whose events they are.</param>
    public static TAggregate Given<TAggregate>(string file, Action<IServiceCollection> module)
        where TAggregate : class, IAggregate<TAggregate> =>
        StreamFixture.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, file))).Fold<TAggregate>(TypesOf(module)).State;

    /// <summary>The events and aggregates that a module registers; nothing else of it is made.</summary>
    public static EventTypes TypesOf(Action<IServiceCollection> module)
    {
        ArgumentNullException.ThrowIfNull(module);
        var services = new ServiceCollection();
        module(services);
        using var provider = services.BuildServiceProvider();
        return new EventTypes(provider.GetServices<EventType>(), provider.GetServices<Upcaster>(), provider.GetServices<Splitter>(), provider.GetServices<AggregateType>());
    }
}
