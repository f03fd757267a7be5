using Commerce.Catalog.Wire;
using Commerce.EventStore;
using Commerce.Outcomes;
using Commerce.Web;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.Catalog.Slices;

/// <summary>Staff open a new category.</summary>
internal sealed record CreateCategory(CategoryRequest Category) : IRequest<Outcome<CategoryResponse>>;

internal sealed class CreateCategoryEndpoint : ICarterModule
{
    public void AddRoutes(IEndpointRouteBuilder app) => app
        .MapPost("/categories", (CategoryRequest body, Dispatcher dispatcher, CancellationToken cancellationToken) => dispatcher.SendAsync(
            new CreateCategory(body), Respond.Created<CategoryResponse>(category => $"/api/v1/categories/{category.Id}", category => category.Version), cancellationToken))
        .RequireScope("catalog:write")
        .Returns<CategoryResponse>(StatusCodes.Status201Created)
        .Refuses<ValidationFailed, CategorySlugTaken, CategoryTooDeep, TooManyCategories>();
}

internal sealed class CreateCategoryHandler(EventSession session) : IRequestHandler<CreateCategory, Outcome<CategoryResponse>>
{
    public async Task<Outcome<CategoryResponse>> Handle(CreateCategory request, CancellationToken cancellationToken)
    {
        var id = Identifiers.Next();
        var read = CategoryReading.Read(request.Category, id);
        if (!read.IsSuccess)
        {
            return read.Refusal;
        }

        var content = read.Value;
        return await session.DecideAsync(
            touches => touches.Stream<Category>(id).Stream<CategoryTree>(CategoryTree.Id),
            scope => scope.Stream<CategoryTree>(CategoryTree.Id)
                .Apply(tree => tree.Place(id, content.ParentId, content.Slug))
                .Then(_ => scope.Stream<Category>(id).Apply(Category.Create(content)))
                .Map(_ => CategoryResponse.Of(id, scope.Stream<Category>(id).Version, content)),
            cancellationToken);
    }
}
