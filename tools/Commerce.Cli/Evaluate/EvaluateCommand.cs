using System.CommandLine;
using Commerce.Cli.Import;

namespace Commerce.Cli.Evaluate;

/// <summary>Measures the quality of what the running system answers. The exit code is 0 when every goal is reached.</summary>
internal static class EvaluateCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly Option<string?> Json = new("--json") { Description = "Write the figures to this file." };
    private static readonly Option<string?> Url = new("--url") { Description = "Ask this running Host, into which the data is imported, instead of a Host of its own with an empty database." };
    private static readonly Option<string?> ApiKey = new("--api-key") { Description = "With --url: a staff key; else COMMERCE_BOOTSTRAP_API_KEY, else the one that ./dev run left." };
    private static readonly Option<DirectoryInfo?> Data = new("--data") { Description = "The folder of the data sets; else shared/data beside the repository." };

    public static Command Create() => new("evaluate", "Measures the quality of search from the system's own endpoints.") { Search() };

    private static Command Search()
    {
        var command = new Command("search", "nDCG@10 of judged and of mistyped queries, Success@10 of Korean ones, asked over HTTP.") { Json, Url, ApiKey, Data };
        command.SetAction((parsed, cancellationToken) => GuardAsync(async () =>
        {
            var evaluation = new SearchEvaluation(DataFolder(parsed));
            // Each data set has a shop to itself: the figures are defined over that set alone.
            var figures = new List<EvaluationFigure>();
            foreach (var part in (Func<ShopConnection, Uri, CancellationToken, Task<IReadOnlyList<EvaluationFigure>>>[])[evaluation.IcecatAsync, evaluation.KoreanAsync])
            {
                await WithHostAsync(parsed, async (shop, address) => figures.AddRange(await part(shop, address, cancellationToken)), cancellationToken);
            }

            return await EvaluationReport.WriteAsync("Search, over HTTP", figures, parsed.GetValue(Json), cancellationToken);
        }));
        return command;
    }

    private static async Task WithHostAsync(ParseResult parsed, Func<ShopConnection, Uri, Task> work, CancellationToken cancellationToken)
    {
        if (parsed.GetValue(Url) is { } url)
        {
            var (address, key) = HostLocation.Find(url, parsed.GetValue(ApiKey));
            using var running = new ShopConnection(() => (address, key), 4, Patience);
            await work(running, address);
            return;
        }

        await using var host = await TemporaryHost.StartAsync(cancellationToken);
        using var shop = new ShopConnection(() => (host.Address, host.ApiKey), 4, Patience);
        await work(shop, host.Address);
    }

    private static string DataFolder(ParseResult parsed)
    {
        var folder = parsed.GetValue(Data)?.FullName ?? Path.GetFullPath(Path.Combine(HostLocation.Repository() ?? ".", "..", "shared", "data"));
        return Directory.Exists(folder) ? folder : throw new ImportException($"There are no data sets in {folder}; name their folder with --data.");
    }

    private static async Task<int> GuardAsync(Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (ImportException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }
    }
}
