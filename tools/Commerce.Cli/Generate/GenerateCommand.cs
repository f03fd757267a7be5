using System.CommandLine;
using System.IO.Compression;
using System.Text;
using Commerce.Cli.Import;

namespace Commerce.Cli.Generate;

/// <summary>Writes a synthetic catalogue of any size, for tests of scale.</summary>
internal static class GenerateCommand
{
    public static Command Create()
    {
        var products = new Option<int>("--products") { Description = "How many products.", DefaultValueFactory = _ => 10_000 };
        var seed = new Option<int>("--seed") { Description = "The same seed gives the same products.", DefaultValueFactory = _ => 1 };
        var file = new Option<FileInfo>("--out") { Description = "The NDJSON file to write, for ./dev import; .gz is compressed.", Required = true };
        var categories = new Option<FileInfo?>("--categories") { Description = "The file of categories that the products name; else beside the products, categories.ndjson." };
        var data = new Option<DirectoryInfo?>("--data") { Description = "The folder of the data sets; else shared/data beside the repository." };
        var command = new Command("generate", "Writes a synthetic catalogue in English and Korean, made of the names of shopify-taxonomy.") { products, seed, file, categories, data };
        products.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 9_999_999)
            {
                result.AddError("--products is 1 to 9,999,999.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var taxonomy = Path.Combine(
                parsed.GetValue(data)?.FullName ?? Path.GetFullPath(Path.Combine(HostLocation.Repository() ?? ".", "..", "shared", "data")), "shopify-taxonomy");
            if (!Directory.Exists(taxonomy))
            {
                await Console.Error.WriteLineAsync($"There is no {taxonomy}; name the folder of the data sets with --data.");
                return 1;
            }

            var target = parsed.GetRequiredValue(file).FullName;
            var beside = parsed.GetValue(categories)?.FullName ?? Path.Combine(Path.GetDirectoryName(target)!, "categories.ndjson");
            var catalogue = new SyntheticCatalogue(taxonomy, parsed.GetValue(seed));
            await File.WriteAllLinesAsync(beside, catalogue.Categories(), cancellationToken);
            var stream = new FileStream(target, FileMode.Create, FileAccess.Write, FileShare.Read, 1 << 16, useAsync: true);
            await using (var writer = new StreamWriter(target.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(stream, CompressionLevel.Fastest) : stream, new UTF8Encoding(false)) { NewLine = "\n" })
            {
                for (var number = 1; number <= parsed.GetValue(products); number++)
                {
                    await writer.WriteLineAsync(catalogue.Product(number).AsMemory(), cancellationToken);
                }
            }

            Console.WriteLine($"{parsed.GetValue(products)} synthetic products in {target}, their categories in {beside}");
            return 0;
        });
        return command;
    }
}
