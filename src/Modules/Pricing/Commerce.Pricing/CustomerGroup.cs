using Commerce.EventStore;

namespace Commerce.Pricing;

/// <summary>A customer belongs to a group, and to no other: its prices and discounts are open to the customer.</summary>
internal sealed record CustomerJoinedGroup(Guid CustomerId, string Group);

/// <summary>A customer belongs to no group any more.</summary>
internal sealed record CustomerLeftGroup(Guid CustomerId);

/// <summary>The group of one customer.</summary>
internal sealed record CustomerGroup : IAggregate<CustomerGroup>
{
    private static readonly Guid Space = new("5b0ad2e6-3f0c-4a53-9f0e-8e2f6d1c7a04");

    /// <inheritdoc />
    public static string StreamType => "customer_group";

    /// <inheritdoc />
    public static CustomerGroup Initial { get; } = new();

    /// <summary>The group, or null.</summary>
    public string? Group { get; private init; }

    /// <summary>The customer.</summary>
    public Guid CustomerId { get; private init; }

    /// <summary>The stream of a customer.</summary>
    public static Guid IdOf(Guid customerId) => Identifiers.FromName(Space, customerId.ToString("N"));

    /// <summary>Puts the customer into a group, out of any other.</summary>
    public Decision Join(Guid customerId, string group) => Group == group ? Decision.Nothing : Decision.Of(new CustomerJoinedGroup(customerId, group));

    /// <summary>Takes the customer out of the group.</summary>
    public Decision Leave(Guid customerId) => Group is null ? new RuleNotFound(customerId.ToString()) : Decision.Of(new CustomerLeftGroup(customerId));

    /// <inheritdoc />
    public CustomerGroup Evolve(object @event) => @event switch
    {
        CustomerJoinedGroup joined => new CustomerGroup { CustomerId = joined.CustomerId, Group = joined.Group },
        CustomerLeftGroup => this with { Group = null },
        _ => this,
    };
}
