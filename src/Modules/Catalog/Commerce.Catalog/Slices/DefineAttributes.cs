using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff say which attributes the products of a category have, of what type; everything below it inherits them.</summary>
internal sealed record DefineAttributes(Guid Id, AttributesRequest Attributes, long? IfMatch) : IRequest<Outcome<CategoryResponse>>;

internal sealed class DefineAttributesEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPut("/categories/{id:guid}/attributes", (Guid id, AttributesRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new DefineAttributes(id, body, dispatcher.IfMatch), Respond.Ok<CategoryResponse>(category => category.Version), cancellationToken))
        .RequireScope("catalog:write")
        .Returns<CategoryResponse>()
        .Refuses<ValidationFailed, CategoryUnknown, StaleVersion>();
}

internal sealed class DefineAttributesHandler(EventSession session) : IRequestHandler<DefineAttributes, Outcome<CategoryResponse>>
{
    public async Task<Outcome<CategoryResponse>> Handle(DefineAttributes request, CancellationToken cancellationToken)
    {
        var read = AttributeReading.Read(request.Attributes);
        return read.IsSuccess
            ? await session.DecideAsync<Category, CategoryResponse>(
                request.Id,
                (stream, _) => stream.OfKnown(request.IfMatch)
                    .Then(known => known.Apply(category => category.Define(read.Value)))
                    .Map(category => CategoryResponse.Of(request.Id, stream.Version, category)),
                cancellationToken)
            : read.Refusal;
    }
}
