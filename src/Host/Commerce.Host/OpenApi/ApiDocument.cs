using Commerce.Web;

namespace Commerce.Host.OpenApi;

/// <summary><c>/openapi/v1.json</c> and Swagger UI over it.</summary>
internal static class ApiDocument
{
    private const string Name = "v1";

    public static IServiceCollection AddApiDocument(this IServiceCollection services)
    {
        services.AddOpenApi(Name, options =>
        {
            options.AddDocumentTransformer<DocumentIntroduction>();
            options.AddOperationTransformer<OperationContract>();
            options.AddSchemaTransformer<WireSchemas>();
            // Two modules may have types of one name; the shop's own names are unique by the grammar, and the walls see to it.
            options.ShouldInclude = description => description.ActionDescriptor.EndpointMetadata.OfType<SliceMetadata>().Any();
        });
        return services;
    }

    public static void MapApiDocument(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").AllowAnonymous().CacheOutput();
        app.UseSwaggerUI(ui =>
        {
            ui.SwaggerEndpoint($"/openapi/{Name}.json", "Commerce");
            ui.RoutePrefix = "swagger";
            ui.DocumentTitle = "Commerce API";
            ui.EnablePersistAuthorization();
            ui.DisplayRequestDuration();
        });
    }
}
