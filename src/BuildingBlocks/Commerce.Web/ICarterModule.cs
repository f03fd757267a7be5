using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Web;

/// <summary>The endpoint of one slice: its route, who may call it and every status it can answer.</summary>
public interface ICarterModule
{
    /// <summary>Maps the slice's route, relative to the prefix that the Host owns.</summary>
    void AddRoutes(IEndpointRouteBuilder app);
}

/// <summary>Which slice an endpoint belongs to: for documents, metrics and the walls.</summary>
/// <param name="Endpoint">The slice's endpoint type.</param>
public sealed record SliceMetadata(Type Endpoint)
{
    /// <summary>The slice's verb, such as <c>PlaceOrder</c>.</summary>
    public string Verb { get; } = Endpoint.Name.EndsWith("Endpoint", StringComparison.Ordinal) ? Endpoint.Name[..^"Endpoint".Length] : Endpoint.Name;

    /// <summary>The module's name, such as <c>Orders</c>: the last part of its assembly's name.</summary>
    public string Module { get; } = Endpoint.Assembly.GetName().Name!.Split('.')[^1];
}

/// <summary>How a module lists its slices.</summary>
public static class SliceRoutes
{
    /// <summary>Maps one slice: one line each in the module's table of contents.</summary>
    public static IEndpointRouteBuilder MapSlice<TEndpoint>(this IEndpointRouteBuilder app)
        where TEndpoint : ICarterModule, new()
    {
        ArgumentNullException.ThrowIfNull(app);
        var slice = new SliceMetadata(typeof(TEndpoint));
        var group = app.MapGroup("");
        group.WithMetadata(slice);
        // The verb names the operation: unique in the shop, and what generated clients call their methods.
        ((IEndpointConventionBuilder)group).Add(endpoint =>
        {
            if (!endpoint.Metadata.OfType<IEndpointNameMetadata>().Any())
            {
                endpoint.Metadata.Add(new EndpointNameMetadata(slice.Verb));
            }
        });
        new TEndpoint().AddRoutes(group);
        return app;
    }
}
