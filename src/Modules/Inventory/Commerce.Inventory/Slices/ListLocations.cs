using Commerce.Inventory.ReadModels;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Inventory.Slices;

// The places that hold stock, in the order in which they serve. A shop has few, so there are no pages.

/// <summary>A place that holds stock.</summary>
internal sealed record LocationResponse(string Code, string Name, int Priority, string? Country, string? Region);

internal sealed record ListLocations : IRequest<Outcome<Page<LocationResponse>>>;

internal sealed class ListLocationsEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapGet("/inventory/locations", (Dispatcher dispatcher, CancellationToken ct) => dispatcher.SendAsync(new ListLocations(), Respond.Ok<Page<LocationResponse>>(), ct))
        .RequireScope("inventory:read")
        .ReadsFrom()
        .Returns<Page<LocationResponse>>()
        .WithSummary("List the locations");
}

internal sealed class ListLocationsHandler(LocationReader reader, LocationDirectory directory) : IRequestHandler<ListLocations, Outcome<Page<LocationResponse>>>
{
    public async Task<Outcome<Page<LocationResponse>>> Handle(ListLocations query, CancellationToken cancellationToken)
    {
        await reader.RefreshAsync(cancellationToken);
        return new Page<LocationResponse>(
            [
                .. directory.Current.Values
                    .OrderBy(location => location.Priority)
                    .ThenBy(location => location.Code, StringComparer.Ordinal)
                    .Select(location => new LocationResponse(location.Code, location.Name, location.Priority, location.Country, location.Region)),
            ],
            null);
    }
}
