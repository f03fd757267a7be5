using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Commerce.EventStore.Verification;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.EventStore;

/// <summary>Where a module says what it stores: its aggregates with their events, projections, subscriptions, answers and announcements.</summary>
public sealed class EventStoreBuilder
{
    private readonly IServiceCollection _services;

    internal EventStoreBuilder(IServiceCollection services) => _services = services;

    /// <summary>An aggregate and the events of its streams.</summary>
    public EventStoreBuilder Aggregate<TAggregate>(Action<AggregateEvents<TAggregate>> events)
        where TAggregate : class, IAggregate<TAggregate>
    {
        ArgumentNullException.ThrowIfNull(events);
        _services.AddSingleton(new AggregateType(typeof(TAggregate), TAggregate.StreamType, TAggregate.Initial, Fold<TAggregate>));
        events(new AggregateEvents<TAggregate>(_services));
        return this;
    }

    private static object Fold<TAggregate>(object state, object @event)
        where TAggregate : class, IAggregate<TAggregate> => @event is SplitEvent split
        ? split.Parts.Aggregate((TAggregate)state, (current, part) => current.Evolve(part))
        : ((TAggregate)state).Evolve(@event);

    /// <summary>A read model written in the transaction of its events.</summary>
    public EventStoreBuilder Inline<TProjection>()
        where TProjection : class, IInlineProjection
    {
        _services.AddSingleton<IInlineProjection, TProjection>();
        return this;
    }

    /// <summary>An asynchronous read model or reaction.</summary>
    public EventStoreBuilder Subscribe<TSubscription>()
        where TSubscription : class, ISubscription
    {
        _services.AddSingleton<ISubscription, TSubscription>();
        return this;
    }

    /// <summary>A statement about this module's history that every verification proves.</summary>
    public EventStoreBuilder Rule<TRule>()
        where TRule : ReplayRule
    {
        _services.AddTransient<ReplayRule, TRule>();
        return this;
    }

    /// <summary>This module's answer to a question of its contracts.</summary>
    public EventStoreBuilder Answer<TQuestion, TAnswer>(IParticipant<TQuestion, TAnswer> participant)
        where TQuestion : notnull
    {
        _services.AddSingleton(new ParticipantRegistration(typeof(TQuestion), participant));
        return this;
    }

    /// <summary>This module's answer to a question of its contracts, by a participant that the services hold: it may need settings.</summary>
    public EventStoreBuilder Answer<TQuestion, TAnswer, TParticipant>()
        where TQuestion : notnull
        where TParticipant : class, IParticipant<TQuestion, TAnswer>
    {
        _services.AddSingleton(provider => new ParticipantRegistration(typeof(TQuestion), provider.GetRequiredService<TParticipant>()));
        return this;
    }

    /// <summary>This module's translator from own events to contracts.</summary>
    public EventStoreBuilder Announce<TAnnouncements>()
        where TAnnouncements : class, IAnnouncements
    {
        _services.AddSingleton<IAnnouncements, TAnnouncements>();
        return this;
    }
}

/// <summary>The events of one aggregate.</summary>
/// <typeparam name="TAggregate">The aggregate.</typeparam>
public sealed class AggregateEvents<TAggregate>
    where TAggregate : class, IAggregate<TAggregate>
{
    private readonly IServiceCollection _services;

    internal AggregateEvents(IServiceCollection services) => _services = services;

    /// <summary>An event under its stable name.</summary>
    /// <param name="name">snake_case, with a <c>_v2</c> suffix from the second version on.</param>
    /// <param name="json">Source-generated metadata of the body.</param>
    public AggregateEvents<TAggregate> Event<TEvent>(string name, JsonTypeInfo<TEvent> json)
        where TEvent : class
    {
        _services.AddSingleton(new EventType(name, typeof(TEvent), typeof(TAggregate), json));
        return this;
    }

    /// <summary>
    /// Keeps states of long streams, so that a host that has not seen one reads the events since and not all of them. For aggregates whose streams grow for ever and
    /// whose states do not.
    /// </summary>
    /// <param name="format">To be counted on whenever the written state, or what <c>Evolve</c> makes of an old event, changes: states in other formats are passed over.</param>
    /// <param name="json">Source-generated metadata of what is written.</param>
    /// <param name="save">State to what is written.</param>
    /// <param name="restore">What was written to the state.</param>
    public AggregateEvents<TAggregate> Snapshot<TMemento>(int format, JsonTypeInfo<TMemento> json, Func<TAggregate, TMemento> save, Func<TMemento, TAggregate> restore)
        where TMemento : class
    {
        _services.AddSingleton(new SnapshotType(
            typeof(TAggregate), format, state => JsonSerializer.SerializeToUtf8Bytes(save((TAggregate)state), json), utf8 => restore(JsonSerializer.Deserialize(utf8, json)!)!));
        return this;
    }

    /// <summary>Reads bodies stored under a former name as those of a current one.</summary>
    public AggregateEvents<TAggregate> Upcast(string formerName, string currentName, Func<JsonObject, JsonObject> upcast)
    {
        _services.AddSingleton(new Upcaster(formerName, currentName, upcast));
        return this;
    }

    /// <summary>
    /// Reads bodies stored under a former name as several current events, in order, or as the one among several that the body speaks of. They share the place of the
    /// stored one: a reader that meets one of them at a position meets them all.
    /// </summary>
    public AggregateEvents<TAggregate> Split(string formerName, IReadOnlyList<string> currentNames, Func<JsonObject, IReadOnlyList<(string Name, JsonObject Body)>> split)
    {
        _services.AddSingleton(new Splitter(formerName, currentNames, split));
        return this;
    }
}
