using System.CommandLine;

namespace Commerce.Cli.Import;

/// <summary>Loads files through the HTTP API of a running Host. Running it twice changes nothing the second time.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var file = new Argument<FileInfo>("file") { Description = "Products: NDJSON or CSV rows of POST /products/import, or the chorus-icecat catalogue; .gz is fine. Baskets: a line for each basket, items separated by commas, with items.csv beside it." };
        var products = new Option<bool>("--products") { Description = "The file holds products (the default for .jsonl and .ndjson)." };
        var baskets = new Option<bool>("--baskets") { Description = "The file holds baskets: products, stock and one order for each basket." };
        var stock = new Option<FileInfo?>("--stock") { Description = "With --products: a CSV file of sku,quantity that is received after the products." };
        var categories = new Option<FileInfo?>("--categories") { Description = "With --products: an NDJSON file of categories that the rows name by slug under \"categories\"." };
        var url = new Option<string?>("--url") { Description = "The Host's address; else the running one's, else http://127.0.0.1:5080." };
        var apiKey = new Option<string?>("--api-key") { Description = "A staff key; else COMMERCE_BOOTSTRAP_API_KEY, else the one that ./dev run left." };
        var concurrency = new Option<int>("--concurrency") { Description = "Requests at once.", DefaultValueFactory = _ => 32 };
        var limit = new Option<int>("--limit") { Description = "With --baskets: only so many baskets.", DefaultValueFactory = _ => int.MaxValue };
        var patience = new Option<int>("--patience") { Description = "Minutes to wait for a Host that does not answer.", DefaultValueFactory = _ => 10 };
        var command = new Command("import", "Loads a catalogue or baskets through the API of a running Host.")
        {
            file, products, baskets, categories, stock, url, apiKey, concurrency, limit, patience,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(products) && result.GetValue(baskets))
            {
                result.AddError("Name one of --products and --baskets.");
            }

            if (result.GetValue(file) is { Exists: false } missing)
            {
                result.AddError($"There is no file {missing}.");
            }
        });
        concurrency.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1024)
            {
                result.AddError("--concurrency is 1 to 1024.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(file).FullName;
            var asked = parsed.GetValue(concurrency);
            using var shop = new ShopConnection(
                () => HostLocation.Find(parsed.GetValue(url), parsed.GetValue(apiKey)),
                asked,
                TimeSpan.FromMinutes(parsed.GetValue(patience)));
            try
            {
                return parsed.GetValue(baskets) || (!parsed.GetValue(products) && LooksLikeBaskets(path))
                    ? await new BasketImport(shop, asked).RunAsync(path, parsed.GetValue(limit), cancellationToken)
                    : await new ProductImport(shop).RunAsync(
                        path, parsed.GetValue(categories)?.FullName, parsed.GetValue(stock)?.FullName, cancellationToken);
            }
            catch (ImportException exception)
            {
                await Console.Error.WriteLineAsync(exception.Message);
                return 1;
            }
        });
        return command;
    }

    private static bool LooksLikeBaskets(string path) => Path.GetFileName(path).StartsWith("basket", StringComparison.OrdinalIgnoreCase);
}
