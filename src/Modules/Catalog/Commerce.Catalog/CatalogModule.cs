using Commerce.Catalog.Contracts;
using Commerce.Catalog.Importing;
using Commerce.Catalog.Reactions;
using Commerce.Catalog.ReadModels;
using Commerce.Catalog.Search;
using Commerce.Catalog.Slices;
using Commerce.EventStore;
using Commerce.ReadModels;
using Commerce.Web;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Catalog;

/// <summary>The door of the catalogue and its table of contents.</summary>
public static class CatalogModule
{
    /// <summary>What the module stores, answers and runs.</summary>
    public static IServiceCollection AddCatalog(this IServiceCollection services)
    {
        services.AddOptions<CatalogOptions>().BindConfiguration("Catalog");
        services.AddModuleDatabase<CatalogDatabase>("catalog");
        services.AddSlices(typeof(CatalogModule).Assembly);
        services.AddSingleton<CatalogCache>();
        services.AddSingleton<ICacheInvalidation>(provider => provider.GetRequiredService<CatalogCache>());
        services.AddSingleton<ProductReader>();
        services.AddSingleton<ProductPages>();
        services.AddSingleton<IReadyAnswer, ReadyProduct>();
        services.AddSingleton<CategoryShelf>();
        services.AddSingleton<BrandShelf>();
        services.AddSingleton<ListCache>();
        services.AddSingleton<ProductLists>();
        services.AddSingleton<ProductCards>();
        services.AddSingleton<ItemShelf>();
        services.AddSingleton<IProductCards>(provider => provider.GetRequiredService<ProductCards>());
        services.AddSingleton<PriceBook>();
        services.AddSingleton<IPriceBook>(provider => provider.GetRequiredService<PriceBook>());
        services.AddSingleton<ISkuNames>(provider => provider.GetRequiredService<PriceBook>());
        services.AddSingleton<ICategoryBranches, CategoryBranches>();
        services.AddSingleton<SearchMemory>();
        services.AddSingleton<SearchStates>();
        services.AddSingleton<ICommitListener>(provider => provider.GetRequiredService<SearchStates>());
        services.AddSingleton<SearchEngine>();
        services.AddSingleton<PastQueries>();
        services.AddSingleton<SearchResults>();
        services.AddSingleton<SearchLog>();
        services.AddHostedService(provider => provider.GetRequiredService<SearchLog>());
        services.AddSingleton<ImportJobs>();
        services.AddSingleton<ImportSignal>();
        services.AddSingleton<ImportIntake>();
        services.AddSingleton<ImportChunk>();
        services.AddSingleton<FailedRows>();
        services.AddSingleton<ProductExport>();
        services.AddHostedService<ImportWorker>();
        services.AddEvents(events => events
            .Aggregate<Product>(product => product
                .Event("product_created", CatalogEventsJson.Default.ProductCreated)
                .Event("product_revised", CatalogEventsJson.Default.ProductRevised)
                .Event("product_published", CatalogEventsJson.Default.ProductPublished)
                .Event("publication_scheduled", CatalogEventsJson.Default.PublicationScheduled)
                .Event("product_relations_set", CatalogEventsJson.Default.ProductRelationsSet)
                .Event("product_withdrawn", CatalogEventsJson.Default.ProductWithdrawn)
                .Event("product_archived", CatalogEventsJson.Default.ProductArchived)
                .Event("variant_added", CatalogEventsJson.Default.VariantAdded)
                .Event("variant_revised", CatalogEventsJson.Default.VariantRevised)
                .Event("variant_removed", CatalogEventsJson.Default.VariantRemoved)
                .Event("prices_set", CatalogEventsJson.Default.PricesSet))
            .Aggregate<SkuClaim>(claim => claim
                .Event("sku_claimed", CatalogEventsJson.Default.SkuClaimed)
                .Event("sku_released", CatalogEventsJson.Default.SkuReleased)
                .Event("sku_availability_changed", CatalogEventsJson.Default.SkuAvailabilityChanged))
            .Aggregate<SlugClaim>(claim => claim.Event("slug_claimed", CatalogEventsJson.Default.SlugClaimed))
            .Aggregate<Category>(category => category
                .Event("category_created", CatalogEventsJson.Default.CategoryCreated)
                .Event("category_revised", CatalogEventsJson.Default.CategoryRevised)
                .Event("category_attributes_defined", CatalogEventsJson.Default.CategoryAttributesDefined)
                .Event("category_removed", CatalogEventsJson.Default.CategoryRemoved))
            .Aggregate<CategoryTree>(tree => tree
                .Event("category_placed", CatalogEventsJson.Default.CategoryPlaced)
                .Event("category_taken_out", CatalogEventsJson.Default.CategoryTakenOut))
            .Aggregate<SearchThesaurus>(thesaurus => thesaurus
                .Event("search_synonyms_defined", CatalogEventsJson.Default.SynonymsDefined)
                .Event("search_synonyms_removed", CatalogEventsJson.Default.SynonymsRemoved)
                .Event("search_stop_word_added", CatalogEventsJson.Default.StopWordAdded)
                .Event("search_stop_word_removed", CatalogEventsJson.Default.StopWordRemoved))
            .Inline<ProductRows>()
            .Inline<CategoryPaths>()
            .Inline<CategoryRows>()
            .Inline<AvailabilityRows>()
            .Inline<SearchWordRows>()
            .Subscribe<WhenStockChanged>()
            .Subscribe<SearchProjection>()
            .Announce<Announcements>());
        return services;
    }

    /// <summary>The module's slices.</summary>
    public static IEndpointRouteBuilder MapCatalog(this IEndpointRouteBuilder app) => app
        .MapSlice<CreateProductEndpoint>()
        .MapSlice<GetProductEndpoint>()
        .MapSlice<ReviseProductEndpoint>()
        .MapSlice<PublishProductEndpoint>()
        .MapSlice<WithdrawProductEndpoint>()
        .MapSlice<ArchiveProductEndpoint>()
        .MapSlice<SetRelationsEndpoint>()
        .MapSlice<RemoveRelationsEndpoint>()
        .MapSlice<ListRelationsEndpoint>()
        .MapSlice<AddVariantEndpoint>()
        .MapSlice<ReviseVariantEndpoint>()
        .MapSlice<RemoveVariantEndpoint>()
        .MapSlice<SetPricesEndpoint>()
        .MapSlice<GetPriceHistoryEndpoint>()
        .MapSlice<ListProductsEndpoint>()
        .MapSlice<SearchProductsEndpoint>()
        .MapSlice<SuggestSearchEndpoint>()
        .MapSlice<ListSynonymsEndpoint>()
        .MapSlice<DefineSynonymsEndpoint>()
        .MapSlice<ReviseSynonymsEndpoint>()
        .MapSlice<RemoveSynonymsEndpoint>()
        .MapSlice<ListStopWordsEndpoint>()
        .MapSlice<AddStopWordEndpoint>()
        .MapSlice<RemoveStopWordEndpoint>()
        .MapSlice<ListSearchStatisticsEndpoint>()
        .MapSlice<ImportProductsEndpoint>()
        .MapSlice<UpsertProductsEndpoint>()
        .MapSlice<GetJobEndpoint>()
        .MapSlice<FollowJobEndpoint>()
        .MapSlice<DownloadJobErrorsEndpoint>()
        .MapSlice<CancelJobEndpoint>()
        .MapSlice<ExportProductsEndpoint>()
        .MapSlice<ListCategoriesEndpoint>()
        .MapSlice<GetCategoryEndpoint>()
        .MapSlice<ListAttributesEndpoint>()
        .MapSlice<DefineAttributesEndpoint>()
        .MapSlice<ListBrandsEndpoint>()
        .MapSlice<GetBrandEndpoint>()
        .MapSlice<CreateCategoryEndpoint>()
        .MapSlice<ReviseCategoryEndpoint>()
        .MapSlice<RemoveCategoryEndpoint>();
}
