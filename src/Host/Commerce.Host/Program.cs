using Commerce.Catalog;
using Commerce.EventStore;
using Commerce.Host.Health;
using Commerce.Host.OpenApi;
using Commerce.Host.Operations;
using Commerce.Host.Samples;
using Commerce.Host.Startup;
using Commerce.Host.Verification;
using Commerce.Identity;
using Commerce.Inventory;
using Commerce.Messages;
using Commerce.Orders;
using Commerce.Payments;
using Commerce.Pricing;
using Commerce.ReadModels;
using Commerce.Recommendations;
using Commerce.Web;

const string Api = "/api/v1";

return await StartFaults.TellAsync(async () =>
{
    var arguments = HostArguments.Read(args);
    var folder = new HostFolder(arguments.DataFolder);
    var builder = WebApplication.CreateBuilder(arguments.Configuration);
    builder.UseNamedDatabase(arguments, folder);
    await using var database = await LocalDatabase.StartAsync(builder, folder);
    var madeKey = arguments.Serves ? BootstrapKey.Ensure(builder, folder) : null;

    // The house.
    builder.UseAddress(arguments);
    builder.UseQuietLogs();
    builder.UseEdgeLimits();
    builder.Services.AddEventStore(options => builder.Configuration.GetSection("EventStore").Bind(options));
    builder.Services.AddReadModels(builder.Configuration);
    builder.Services.AddCommerceWeb(builder.Configuration);
    builder.Services.AddReadyAnswers(builder.Configuration, Api);
    builder.Services.AddHealthPages();
    builder.Services.AddApiDocument();
    builder.Services.AddObservability(builder.Configuration);

    // The modules.
    builder.Services.AddIdentity(builder.Configuration);
    builder.Services.AddCatalog();
    builder.Services.AddInventory();
    builder.Services.AddPricing();
    builder.Services.AddOrders();
    builder.Services.AddPayments(builder.Configuration);
    builder.Services.AddRecommendations();
    builder.Services.AddMessages(folder.Messages);
    builder.Services.AddOperations();
    builder.Services.AddRulesBetweenModules();

    var app = builder.Build();
    if (arguments.Verifies)
    {
        return await app.VerifyAsync(arguments, Console.Out);
    }

    if (arguments.Partitions)
    {
        return await app.PartitionAsync(Console.Out);
    }

    await app.PrepareDatabaseAsync();

    // The way of a request.
    app.UseProblemDetails();
    app.UseResponseCompression();
    app.UseCors();
    app.UseReadyAnswers();
    app.UseRouting();
    app.UseAuthentication();
    app.UseRateLimiter();
    app.UseAuthorization();
    app.UseCallContext();

    app.MapGroup(Api).Guarded()
        .MapIdentity()
        .MapCatalog()
        .MapInventory()
        .MapPricing()
        .MapOrders()
        .MapPayments()
        .MapRecommendations()
        .MapMessages()
        .MapOperations();
    app.MapHealthPages();
    app.MapApiDocument();
    app.MapOperationsPages();

    await app.StartAsync(app.Lifetime.ApplicationStopping);
    var sample = SampleShop.Open(app, folder, madeKey, arguments.LoadsSample);
    await app.WaitForShutdownAsync(CancellationToken.None);
    await sample;
    return 0;
});
