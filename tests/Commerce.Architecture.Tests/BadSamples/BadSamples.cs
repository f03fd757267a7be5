using System.Text.Json.Serialization;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Architecture.Tests.BadSamples;

// Small wrongs, one for each rule. Each rule must find its own; one that finds nothing here guards nothing anywhere.

/// <summary>A refusal that the endpoint below does not declare.</summary>
[Problem(418, "undeclared", "Undeclared")]
internal sealed record UndeclaredRefusal() : Refusal("Nobody said that this could happen.");

/// <summary>One that it does.</summary>
[Problem(409, "declared", "Declared")]
internal sealed record DeclaredRefusal() : Refusal("This was said.");

/// <summary>A refusal that is bound to no status.</summary>
internal sealed record UnboundRefusal() : Refusal("Which status is this?");

/// <summary>Decides in the middle of a chain of calls, like an aggregate.</summary>
internal interface IBadRule
{
    Refusal? Check(int number);
}

internal sealed class BadRule : IBadRule
{
    public Refusal? Check(int number) => number > 1 ? new UndeclaredRefusal() : new DeclaredRefusal();
}

internal sealed record OwnMessage : IRequest<Outcome<Done>>;

/// <summary>Belongs to another slice.</summary>
internal sealed record ForeignMessage(string Text);

internal sealed class BadSliceEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/bad", () => "nobody said who may call this")
        .Refuses<DeclaredRefusal>();
}

internal sealed class BadSliceHandler(IBadRule rule) : IRequestHandler<OwnMessage, Outcome<Done>>
{
    public async Task<Outcome<Done>> Handle(OwnMessage request, CancellationToken cancellationToken)
    {
        await Task.Yield();
        // Only the state machine of this method knows the foreign type.
        var foreign = new ForeignMessage("from another slice");
        return rule.Check(foreign.Text.Length) is { } refusal ? refusal : default(Done);
    }
}

internal sealed record BadHappened(string Text);

internal sealed record OverlookedHappened(int Number);

[JsonSerializable(typeof(BadHappened))]
[JsonSerializable(typeof(OverlookedHappened))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class BadJson : JsonSerializerContext;

/// <summary>Overlooks one of its events.</summary>
internal sealed record BadAggregate(string Text) : IAggregate<BadAggregate>
{
    public static string StreamType => "bad";

    public static BadAggregate Initial { get; } = new("");

    public BadAggregate Evolve(object @event) => @event is BadHappened happened ? new BadAggregate(happened.Text) : this;
}

/// <summary>Asks the machine instead of the house.</summary>
internal static class BadClock
{
    public static (DateTimeOffset Now, Guid Id) Take() => (DateTimeOffset.UtcNow, Guid.NewGuid());
}

/// <summary>Statements against nothing and against somebody else.</summary>
internal static class BadSql
{
    public const string NoSuchTable = "select id from orders.no_such_table where id = @id";
    public const string NoSuchColumn = "select no_such_column from orders.orders";
    public const string NoSql = "the words select and from, but not first";
}

/// <summary>Counts cents in binary fractions.</summary>
internal sealed record BadMoney(double TotalAmount);

/// <summary>A name that says nothing.</summary>
internal static class OrderHelper;
